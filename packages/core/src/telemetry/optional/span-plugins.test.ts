import { startOtlpReceiver } from "@gossamer/testing";
import { SpanStatusCode, type Context, type Span } from "@opentelemetry/api";
import { BatchSpanProcessor, InMemorySpanExporter } from "@opentelemetry/sdk-trace";
import { afterEach, expect, test } from "vitest";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "../../model/span-processor.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { TelemetryEngine } from "../telemetry.ts";

afterEach(() => resetTelemetry());

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };

function engine(options: TelemetryOptions = {}, lines: string[] = []): TelemetryEngine {
  return createTelemetry({
    serviceName: "plugged",
    sampleRatio: 1,
    exporter: "none",
    log: (line) => lines.push(line),
    shutdown: { signals: false },
    ...options,
  } as TelemetryOptions<never>);
}

/** Notes what it is told, in order. */
function recorder(more: Partial<SpanProcessor> = {}): SpanProcessor & { told: string[]; spans: ReadableSpan[] } {
  const told: string[] = [];
  const spans: ReadableSpan[] = [];
  return {
    told,
    spans,
    onStart: (span) => void told.push(`start ${span.name}`),
    onEnd(span) {
      told.push(`end ${span.name}`);
      spans.push(span);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    ...more,
  };
}

const request: FakeRequest = { target: "/things?x=1" };

test("a processor sees a sampled request and its steps begin and end as they do (R-P12)", () => {
  const processor = recorder();
  const telemetry = engine({ spanProcessors: [processor] });
  const exchange = telemetry.begin(request, fakeReader);
  exchange.run(() => telemetry.span("outer", () => telemetry.span("inner", () => {})));
  exchange.end(done);
  expect(processor.told).toEqual(["start GET", "start outer", "start inner", "end inner", "end outer", "end GET"]);
});

test("what a processor sets as a span begins goes out with it (R-P12)", () => {
  const processor = recorder({
    onStart(span: Span & ReadableSpan, parentContext: Context) {
      span.setAttribute("tenant", "t-1");
      expect(span.attributes["tenant"]).toBe("t-1");
      expect(parentContext.getValue).toBeTypeOf("function");
    },
  });
  const telemetry = engine({ spanProcessors: [processor] });
  const exchange = telemetry.begin(request, fakeReader);
  exchange.run(() => telemetry.span("step", () => {}));
  exchange.end(done);
  expect(processor.spans.map(({ attributes }) => attributes["tenant"])).toEqual(["t-1", "t-1"]);
});

test("a request that is kept at its end is told back to back with what was held for it, parents first (R-P12)", () => {
  const processor = recorder();
  const waits = Object.assign(() => false, {});
  const telemetry = engine({
    spanProcessors: [processor],
    sampler: {
      description: "waits for the route",
      usesRoute: true,
      decide: () => ({ sampled: waits(), reason: "no" }),
    },
    sampleRatio: undefined as never,
  });
  const exchange = telemetry.begin(request, fakeReader);
  exchange.run(() => {
    telemetry.annotate({ "user.id": "u-7" });
    telemetry.span("outer", () => telemetry.span("inner", () => {}));
  });
  exchange.failed(new RangeError("too far"));
  exchange.end(failed);
  expect(processor.told).toEqual(["start GET", "end GET", "start outer", "end outer", "start inner", "end inner"]);
  const [server, outer, inner] = processor.spans;
  expect(server?.attributes).toMatchObject({
    "user.id": "u-7",
    "error.type": "RangeError",
    "http.response.status_code": 500,
  });
  expect(server?.status).toEqual({ code: SpanStatusCode.ERROR, message: "too far" });
  expect(server?.spanContext().traceFlags).toBe(3);
  expect(outer?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
});

test("a request that is not recorded is told to nobody (R-P12)", () => {
  const processor = recorder();
  const telemetry = engine({ spanProcessors: [processor], sampleRatio: 0 });
  const exchange = telemetry.begin(request, fakeReader);
  exchange.run(() => telemetry.span("step", () => {}));
  exchange.end(done);
  expect(processor.told).toEqual([]);
});

test("an exporter gets complete spans: parent, scope, resource, times, events, links (R-P12)", async () => {
  const exporter = new InMemorySpanExporter();
  const telemetry = engine({ spanExporters: [exporter] });
  const tracer = telemetry.tracerProvider.getTracer("lib", "1.2.3", { schemaUrl: "https://schema" });
  const parent = tracer.startSpan("parent", { kind: 2 });
  telemetry.span("child", { parent }, (span) => {
    span.addEvent("noted", { n: 1 });
    span.addLink({ context: parent.spanContext(), attributes: { l: true } });
  });
  parent.setStatus({ code: SpanStatusCode.ERROR, message: "broke" }).end();
  expect(await telemetry.flush()).toBe(true);
  const [child, root] = exporter.getFinishedSpans();
  expect(root).toMatchObject({
    name: "parent",
    kind: 2,
    ended: true,
    status: { code: SpanStatusCode.ERROR, message: "broke" },
    instrumentationScope: { name: "lib", version: "1.2.3", schemaUrl: "https://schema" },
  });
  expect("parentSpanContext" in (root ?? {}) && root?.parentSpanContext).toBe(undefined);
  expect(child?.parentSpanContext).toMatchObject({ ...parent.spanContext(), isRemote: false });
  expect(child?.resource.attributes["service.name"]).toBe("plugged");
  expect(child?.resource).toBe(root?.resource);
  expect(child?.events).toMatchObject([{ name: "noted", attributes: { n: 1 } }]);
  expect(child?.links).toMatchObject([{ context: { spanId: parent.spanContext().spanId }, attributes: { l: true } }]);
  const seconds = (time: readonly [number, number] | undefined): number => (time?.[0] ?? 0) + (time?.[1] ?? 0) / 1e9;
  expect(seconds(child?.startTime)).toBeCloseTo(Date.now() / 1000, -1);
  expect(seconds(child?.endTime) - seconds(child?.startTime)).toBeCloseTo(seconds(child?.duration), 3);
});

test("the batch processor of the SDK takes our spans, kept ones too, and is flushed and shut down with the engine (R-P12)", async () => {
  const exporter = new InMemorySpanExporter();
  const batch = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 600_000 });
  const telemetry = engine({ spanProcessors: [batch], sampleRatio: 0 });
  telemetry.begin(request, fakeReader).end(failed);
  expect(exporter.getFinishedSpans()).toEqual([]);
  await telemetry.flush();
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["GET"]);
  await telemetry.shutdown();
  telemetry.tracer.startSpan("late").end();
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test("our own export sends the same spans beside them, in the same traces (R-P12)", async () => {
  const receiver = await startOtlpReceiver();
  try {
    const exporter = new InMemorySpanExporter();
    const telemetry = engine({ spanExporters: [exporter], exporter: "otlp", otlp: { endpoint: receiver.url } });
    const exchange = telemetry.begin(request, fakeReader);
    exchange.run(() => telemetry.span("step", () => {}));
    exchange.end(done);
    await telemetry.flush();
    const plugged = exporter.getFinishedSpans().map((span) => [span.name, span.spanContext().spanId]);
    expect(receiver.spans.map(({ name, spanId }) => [name, spanId])).toEqual(plugged);
    expect(plugged).toHaveLength(2);
  } finally {
    await receiver.close();
  }
});

test("a processor that throws harms neither the service nor the next processor, and is counted (R-P8)", () => {
  const broken = recorder({
    onStart() {
      throw new Error("start");
    },
    onEnd() {
      throw new Error("end");
    },
  });
  const sound = recorder();
  const telemetry = engine({ spanProcessors: [broken, sound] });
  telemetry.begin(request, fakeReader).end(done);
  expect(sound.told).toEqual(["start GET", "end GET"]);
  expect(telemetry.status().faults).toEqual({ "span-processor": 2 });
});

test("an exporter that fails or throws loses its batch, counted, with one line a change of state (R-P8)", async () => {
  const lines: string[] = [];
  const answers: (() => void)[] = [];
  let failing = true;
  const exporter: SpanExporter = {
    export(_spans, answer) {
      if (failing && answers.length === 0) throw new Error("not even tried");
      answers.push(() => {});
      answer(failing ? { code: 1, error: new Error("refused") } : { code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const telemetry = engine({ spanExporters: [exporter] }, lines);
  const one = async (): Promise<void> => {
    telemetry.tracer.startSpan("step").end();
    await telemetry.flush();
  };
  lines.length = 0;
  await one();
  await one();
  failing = false;
  await one();
  expect(telemetry.status().spans.drops).toEqual({ "exporter-failed": 2 });
  expect(lines).toEqual([expect.stringContaining("not even tried"), expect.stringContaining("works again")]);
});

test("an exporter that never answers holds no more than the queue, and no flush beyond its deadline (R-P2)", async () => {
  const telemetry = engine({
    spanExporters: [{ export() {}, shutdown: () => Promise.resolve() }],
    batch: { maxSpans: 1 },
    queue: { maxSpans: 2 },
  });
  for (let i = 0; i < 5; i++) telemetry.tracer.startSpan("step").end();
  expect(await telemetry.flush(20)).toBe(false);
  // One is under way, two wait.
  expect(telemetry.status().spans.drops).toEqual({ "exporter-overflow": 2 });
});
