import { readFileSync } from "node:fs";
import { createTraceState, type Span, type SpanContext, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { describeOtelSampler, type StartedSpan } from "./otel-sampler-suite.ts";

test("these are the versions that are meant (R-I6)", () => {
  const versionOf = (name: string): unknown => {
    const manifest = readFileSync(
      new URL(`../node_modules/@opentelemetry/${name}/package.json`, import.meta.url),
      "utf8",
    );
    return (JSON.parse(manifest) as { version: unknown }).version;
  };
  expect(versionOf("sdk-trace")).toMatch(/^3\./);
  expect(versionOf("api")).toMatch(/^1\.10\./);
});

describeOtelSampler({
  name: "OpenTelemetry SDK 3",
  trace(sampler, { name = "root", attributes = {}, depth = 0, caller } = {}) {
    const tracer = new TracerProvider({ sampler }).getTracer("suite");
    let context = ROOT_CONTEXT;
    if (caller !== undefined) {
      context = trace.setSpanContext(context, {
        traceId: caller.traceId,
        spanId: "00f067aa0ba902b7",
        traceFlags: Number(caller.sampled),
        traceState: createTraceState(caller.traceState),
        isRemote: true,
      });
    }
    return Array.from({ length: depth + 1 }, (_, i) => {
      const span = tracer.startSpan(i === 0 ? name : `${name} ${i}`, i === 0 ? { attributes } : {}, context);
      context = trace.setSpan(context, span);
      return started(span);
    });
  },
});

function started(span: Span): StartedSpan {
  const { traceId, traceFlags, traceState }: SpanContext = span.spanContext();
  return {
    traceId,
    sampled: (traceFlags & 1) === 1,
    traceState: traceState?.serialize() ?? "",
    attributes: (span as { attributes?: Record<string, unknown> }).attributes ?? {},
  };
}
