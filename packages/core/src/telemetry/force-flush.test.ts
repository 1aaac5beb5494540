import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { trace, type TracerProvider } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";
import { freePort } from "../testing/free-port.ts";

const receivers: OtlpReceiver[] = [];

afterEach(async () => {
  await resetTelemetry();
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function receive(): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver();
  receivers.push(receiver);
  return receiver;
}

function engine(endpoint: string, options: TelemetryOptions = {}): TelemetryEngine {
  return createTelemetry({
    serviceName: "shop",
    sampleRatio: 1,
    exporter: "otlp",
    otlp: { endpoint },
    diagnostics: "none",
    shutdown: { signals: false, deadlineMs: 100 },
    ...options,
  } as TelemetryOptions<never>);
}

/** As OpenTelemetry's instrumentation of AWS Lambda looks for it: behind the API's stand-in, and by name. */
function flusherOf(provider: TracerProvider): () => Promise<unknown> {
  const { getDelegate } = provider as { getDelegate?: () => TracerProvider };
  const found = getDelegate === undefined ? provider : getDelegate.call(provider);
  const { forceFlush } = found as { forceFlush?: unknown };
  if (typeof forceFlush !== "function") throw new TypeError("The provider has no forceFlush.");
  return () => forceFlush.call(found) as Promise<unknown>;
}

function serve(telemetry: TelemetryEngine): void {
  const exchange = telemetry.begin<FakeRequest>({}, fakeReader);
  exchange.run(() => telemetry.span("query", () => {}));
  exchange.end({ statusCode: 200, completed: true });
}

const pathsOf = ({ requests }: OtlpReceiver): string[] => requests.map(({ path }) => path);

test.for(["the engine", "the API"])(
  "forceFlush of the provider from %s sends the spans that have ended, and no metrics (R-I4)",
  async (from) => {
    const receiver = await receive();
    const telemetry = engine(receiver.url);
    const flush = flusherOf(from === "the API" ? trace.getTracerProvider() : telemetry.tracerProvider);
    serve(telemetry);
    const open = trace.getTracer("lib").startSpan("open");
    expect(receiver.requests).toEqual([]);
    expect(await flush()).toBeUndefined();
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(["GET", "query"]);
    expect(pathsOf(receiver)).toEqual(["/v1/traces"]);
    open.end();
    await flush();
    expect(receiver.spans.map(({ name }) => name)).toContain("open");
    expect(pathsOf(receiver)).toEqual(["/v1/traces", "/v1/traces"]);
    // There were some to send.
    // Without a deadline it would have that of the shutdown, which is too short for a busy machine.
    expect(await telemetry.flush(30_000)).toBe(true);
    expect(pathsOf(receiver)).toEqual(["/v1/traces", "/v1/traces", "/v1/metrics"]);
  },
);

test("forceFlush with nothing to send resolves and sends nothing (R-I4)", async () => {
  const receiver = await receive();
  const telemetry = engine(receiver.url);
  await expect(flusherOf(telemetry.tracerProvider)()).resolves.toBeUndefined();
  expect(receiver.requests).toEqual([]);
});

test("forceFlush asks processors and exporters of the service too, and what one throws is counted (R-I4)", async () => {
  const receiver = await receive();
  let asked = 0;
  const telemetry = engine(receiver.url, {
    spanProcessors: [
      {
        onStart() {},
        onEnd() {},
        forceFlush() {
          asked++;
          return Promise.reject(new Error("no"));
        },
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  serve(telemetry);
  await expect(flusherOf(telemetry.tracerProvider)()).resolves.toBeUndefined();
  expect(asked).toBe(1);
  expect(receiver.spans).toHaveLength(2);
  expect(telemetry.status().faults).toEqual({ "span-processor": 1 });
});

test("forceFlush resolves where nobody listens, and the spans wait (R-I4)", async () => {
  // The breaker opens at the first refusal, so that it is known at once that nothing leaves within the deadline.
  const telemetry = engine(`http://127.0.0.1:${await freePort()}`, { breaker: { failures: 1 } });
  serve(telemetry);
  await expect(flusherOf(telemetry.tracerProvider)()).resolves.toBeUndefined();
  expect(telemetry.status().traceExport).toMatchObject({ tries: 1, exported: 0, queued: 2, dropped: 0 });
});

test("forceFlush resolves where the collector asks for a pause beyond its deadline, and the spans wait (R-I4)", async () => {
  const receiver = await receive();
  receiver.respond = () => ({ kind: "status", status: 503, headers: { "retry-after": "60" } });
  const telemetry = engine(receiver.url);
  serve(telemetry);
  await expect(flusherOf(telemetry.tracerProvider)()).resolves.toBeUndefined();
  expect(pathsOf(receiver)).toEqual(["/v1/traces"]);
  expect(telemetry.status().traceExport).toMatchObject({ tries: 1, exported: 0, queued: 2, dropped: 0 });
});

test("forceFlush resolves after the end, and where no traces are exported (R-I4)", async () => {
  const receiver = await receive();
  const telemetry = engine(receiver.url);
  const flush = flusherOf(telemetry.tracerProvider);
  await resetTelemetry();
  await expect(flush()).resolves.toBeUndefined();
  const silent = engine(receiver.url, { exporter: "none" });
  await expect(flusherOf(silent.tracerProvider)()).resolves.toBeUndefined();
});
