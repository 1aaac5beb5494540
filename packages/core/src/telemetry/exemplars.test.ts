import type { IncomingMessage } from "node:http";
import { metrics } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ReadableSpan } from "../model/span-processor.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { seededRandom } from "../testing/test-tracing.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";

afterEach(() => resetTelemetry());

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };

interface Made {
  readonly telemetry: TelemetryEngine;
  /** Ids of every span that was written. */
  readonly written: ReadonlySet<string>;
}

function make(options: TelemetryOptions = {}): Made {
  const written = new Set<string>();
  const telemetry = createTelemetry({
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    random: seededRandom(),
    spanProcessors: [
      {
        onStart() {},
        onEnd(span: ReadableSpan) {
          const { traceId, spanId } = span.spanContext();
          written.add(`${traceId} ${spanId}`);
        },
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
    ...options,
  } as TelemetryOptions<never>);
  return { telemetry, written };
}

/** Trace and span ids of the exemplars of a family, as OpenMetrics tells them. */
function exemplarsOf({ telemetry }: Made, family: string): string[] {
  let text = "";
  const request = { method: "GET", headers: { accept: "application/openmetrics-text" } } as unknown as IncomingMessage;
  telemetry.prometheus({ allow: "any" })(request, {
    statusCode: 0,
    headersSent: false,
    setHeader() {},
    end: (body = "") => (text = body),
  });
  return text
    .split("\n")
    .filter((line) => line.startsWith(family))
    .flatMap((line) =>
      Array.from(line.matchAll(/# \{trace_id="(\w+)",span_id="(\w+)"\}/g), ([, trace, span]) => `${trace} ${span}`),
    );
}

const durations = "http_server_request_duration_seconds_bucket";

test("every exemplar of the durations leads to a span that was written, sampled or kept (R-M5)", () => {
  const made = make({ sampleRatio: 0.2, keep: { errors: 0.5 } });
  for (let i = 0; i < 300; i++) made.telemetry.begin<FakeRequest>({}, fakeReader).end(i % 10 === 0 ? failed : done);
  const exemplars = exemplarsOf(made, durations);
  expect(exemplars.length).toBeGreaterThan(0);
  for (const exemplar of exemplars) expect(made.written).toContain(exemplar);
});

test("a request that is neither sampled nor kept is no exemplar, and asks for no ids (R-M5)", () => {
  const made = make({ sampleRatio: 0, keep: { errors: 0, slow: 0, aborted: 0 } });
  for (let i = 0; i < 20; i++) made.telemetry.begin<FakeRequest>({}, fakeReader).end(done);
  expect(exemplarsOf(made, durations)).toEqual([]);
});

test("a request that went well is the example of its bucket once a second, one that failed at once (R-M5)", () => {
  const made = make({ sampleRatio: 1 });
  for (const outcome of [done, done, failed, failed]) made.telemetry.begin<FakeRequest>({}, fakeReader).end(outcome);
  const written = [...made.written];
  expect(exemplarsOf(made, durations)).toEqual([written[0], written[3]]);
});

test.for([
  ["none", { sampleRatio: 1 }, 0],
  ["all", { sampleRatio: 0 }, 1],
  ["traced", { sampleRatio: 1 }, 1],
] as const)("exemplars: %j with %j makes %i a bucket (R-M5)", ([exemplars, options, expected]) => {
  const made = make({ exemplars, ...options });
  made.telemetry.begin<FakeRequest>({}, fakeReader).end(done);
  expect(exemplarsOf(made, durations)).toHaveLength(expected);
});

test("what a handler counts is an exemplar if its request is written: before and after that is decided, and of child spans (R-M5)", () => {
  const made = make({ sampleRatio: 0.3 });
  const meter = metrics.getMeter("shop");
  const early = meter.createCounter("early");
  const late = meter.createHistogram("late");
  const child = meter.createCounter("child");
  let sampled = 0;
  for (let i = 0; i < 60; i++) {
    const exchange = made.telemetry.begin<FakeRequest>({}, fakeReader);
    exchange.run(() => {
      early.add(1, { i });
      made.telemetry.span("step", () => child.add(1, { i }));
      late.record(1, { i });
    });
    sampled += (exchange as Exchange).flags & 1;
    exchange.end(done);
  }
  expect(sampled).toBeGreaterThan(5);
  expect(sampled).toBeLessThan(40);
  for (const family of ["early_total", "late_bucket", "child_total"]) {
    const exemplars = exemplarsOf(made, family);
    expect(exemplars, family).toHaveLength(sampled);
    for (const exemplar of exemplars) expect(made.written, family).toContain(exemplar);
  }
});

test("counting in a request decides nothing about it (R-M5, R-S4)", () => {
  const made = make({ rules: [{ match: "/late", ratio: 1 }], sampleRatio: 0 });
  const orders = metrics.getMeter("shop").createCounter("orders");
  const found: { route?: string } = {};
  const exchange = made.telemetry.begin<FakeRequest>(
    {},
    { ...fakeReader, route: () => (found.route === undefined ? undefined : made.telemetry.routes.get(found.route)) },
  );
  exchange.run(() => orders.add(1));
  found.route = "/late";
  exchange.end(done);
  expect(made.written.size).toBe(1);
  expect(exemplarsOf(made, "orders_total")).toEqual([...made.written]);
});

test("what is counted outside of requests has the active span if it is recorded, and a context that is given counts (R-M5)", () => {
  const made = make({ sampleRatio: 1 });
  const orders = metrics.getMeter("shop").createCounter("orders");
  orders.add(1, { at: "outside" });
  made.telemetry.span("job", () => orders.add(1, { at: "job" }));
  const exemplars = exemplarsOf(made, "orders_total");
  expect(exemplars).toEqual([...made.written]);
});
