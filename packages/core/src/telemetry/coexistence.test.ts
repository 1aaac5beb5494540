import { AsyncLocalStorage } from "node:async_hooks";
import { context, diag, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { FoundSpan } from "../model/request/request-reader.ts";
import { RouteTable } from "../model/route.ts";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { AsyncContextManager } from "../tracing/context/async-context-manager.ts";
import { rpcMetadataKey, suppressTracingKey } from "../tracing/context/context-keys.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };
const route = new RouteTable().get("/users/:id", { attributes: { "app.tier": "gold" } });
const metricsOf = async (telemetry: TelemetryEngine): Promise<number[]> => {
  const { resourceMetrics } = await telemetry.metricProducer().collect();
  const durations = resourceMetrics.scopeMetrics[0]?.metrics.find(
    ({ descriptor }) => descriptor.name === "http.server.request.duration",
  );
  return durations?.dataPointType === 0 ? durations.dataPoints.map(({ value }) => value.count) : [];
};

let lines: string[] = [];
let ours = new InMemorySpanExporter();
const theirs = new InMemorySpanExporter();

function engine(options: TelemetryOptions = {}): TelemetryEngine {
  return createTelemetry({
    sampleRatio: 1,
    exporter: "none",
    spanExporters: [ours],
    log: (line) => lines.push(line),
    shutdown: { signals: false },
    diagnostics: "warn",
    ...options,
  } as TelemetryOptions<never>);
}

/** Somebody else's SDK: a provider with a context manager, registered as far as the place is free. */
function startSdk(): TracerProvider {
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: theirs })] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncContextManager(new AsyncLocalStorage()));
  return provider;
}

const finished = async (telemetry: TelemetryEngine, exporter: InMemorySpanExporter): Promise<string[]> => {
  await telemetry.flush();
  return exporter.getFinishedSpans().map(({ name }) => name);
};

afterEach(async () => {
  await resetTelemetry();
  for (const api of [trace, context, propagation, diag]) api.disable();
  lines = [];
  ours = new InMemorySpanExporter();
  theirs.reset();
  vi.restoreAllMocks();
});

describe("an SDK before us", () => {
  test("makes the spans of requests, in one trace with its own; what is exact stays ours (R-I4)", async () => {
    startSdk();
    const telemetry = engine();
    expect(lines).toEqual([expect.stringContaining("create Gossamer first")]);
    const request: FakeRequest = { headers: { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` } };
    const exchange = telemetry.begin(request, { ...fakeReader, route: () => route });
    exchange.run(() => {
      expect(telemetry.current()).toBe(exchange);
      telemetry.annotate({ "user.id": "u-7" });
      telemetry.span("ours", () => trace.getTracer("lib").startSpan("theirs").end());
      expect(telemetry.traceId()).toBe(trace.getActiveSpan()?.spanContext().traceId);
    });
    exchange.failed(new RangeError("too far"));
    exchange.end(failed);
    expect(await finished(telemetry, theirs)).toEqual(["theirs", "ours", "GET /users/:id"]);
    const [inner, outer, server] = theirs.getFinishedSpans();
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(outer?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(server?.attributes).toMatchObject({
      "user.id": "u-7",
      "http.route": "/users/:id",
      "app.tier": "gold",
      "error.type": "RangeError",
      "http.response.status_code": 500,
      "url.path": "/users/7",
    });
    expect(server?.kind).toBe(SpanKind.SERVER);
    expect(server?.status).toEqual({ code: SpanStatusCode.ERROR, message: "too far" });
    expect(await finished(telemetry, ours)).toEqual([]);
    expect(await metricsOf(telemetry)).toEqual([1]);
  });

  test.for<[string, unknown]>([
    ["a symbol", Symbol("thrown")],
    ["nothing with a prototype", Object.create(null)],
    ["an error whose code is a symbol", Object.assign(new Error("odd"), { code: Symbol("odd") })],
    [
      "an error that does not want to be looked at",
      Object.defineProperty(new Error("shy"), "code", {
        get() {
          throw new Error("do not look");
        },
      }),
    ],
    [
      "an error whose stack is a getter that throws",
      Object.defineProperty(new Error("shy"), "stack", {
        get() {
          throw new Error("do not look");
        },
      }),
    ],
  ])(
    "a handler may throw %s: nothing of ours throws, and the request is one failed record (A10)",
    async ([, thrown]) => {
      startSdk();
      const telemetry = engine();
      const exchange = telemetry.begin({}, { ...fakeReader, route: () => route });
      exchange.run(() => {
        expect(() => exchange.failed(thrown)).not.toThrow();
      });
      exchange.end(failed);
      expect(await finished(telemetry, theirs)).toEqual(["GET /users/:id"]);
      expect(theirs.getFinishedSpans()[0]?.status.code).toBe(SpanStatusCode.ERROR);
      expect(await metricsOf(telemetry)).toEqual([1]);
    },
  );

  test("what we put on its spans is filtered, redacted and cut as on ours (C13)", async () => {
    startSdk();
    const telemetry = engine({
      attributeFilters: [{ remove: ["url.query", "user.*", "exception.stacktrace"] }],
      redactAttributes: ["client.address", "card.*"],
      limits: { valueLength: 10, truncateMarker: "~" },
      rules: [],
    });
    const told = new RouteTable().get("/cards/:id", { attributes: { "user.tier": "gold", "card.kind": "visa" } });
    const request: FakeRequest = { target: "/cards/7?email=ann@example.test" };
    const exchange = telemetry.begin(request, { ...fakeReader, route: () => told });
    exchange.run(() => {
      telemetry.annotate({ "user.id": "u-7", "card.number": "4000", "app.note": "a".repeat(20) });
      const options = { attributes: { "user.id": "u-7", "card.number": "4000", "app.note": "a".repeat(20) } };
      telemetry.span("ours", options, () => {});
      telemetry.tracer.startSpan("by hand", options).end();
      telemetry.tracer.startActiveSpan("active", options, (span) => span.end());
      expect(() =>
        telemetry.span("throws", () => {
          throw new Error("b".repeat(20));
        }),
      ).toThrow();
    });
    exchange.failed(new RangeError("c".repeat(20)));
    exchange.end(failed);
    await finished(telemetry, theirs);
    const spans = new Map(theirs.getFinishedSpans().map((span) => [span.name, span]));
    const server = spans.get("GET /cards/:id");
    expect(server?.attributes).toMatchObject({
      "url.path": "/cards/7",
      "client.address": "REDACTED",
      "card.kind": "REDACTED",
      "card.number": "REDACTED",
      "app.note": "aaaaaaaaa~",
    });
    expect(server?.status.message).toBe("ccccccccc~");
    expect(server?.events[0]?.attributes).toEqual({
      "exception.type": "RangeError",
      "exception.message": "ccccccccc~",
    });
    const shown = { "card.number": "REDACTED", "app.note": "aaaaaaaaa~" };
    for (const name of ["ours", "by hand", "active"]) expect(spans.get(name)?.attributes, name).toEqual(shown);
    expect(spans.get("throws")?.status.message).toBe("bbbbbbbbb~");
    const all = JSON.stringify(theirs.getFinishedSpans().map(({ attributes, events }) => [attributes, events]));
    for (const secret of ["ann@", "u-7", "4000", "gold", "192.0.2.1"]) expect(all).not.toContain(secret);
  });

  test("its own server span, which we join, gets no more of us than our limits allow (C13)", async () => {
    const provider = startSdk();
    const telemetry = engine({
      attributeFilters: [{ remove: "user.*" }],
      redactAttributes: ["error.type", "http.route"],
    });
    const told = new RouteTable().get("/cards/:id", { attributes: { "user.tier": "gold" } });
    const span = provider.getTracer("http").startSpan("GET", { kind: SpanKind.SERVER });
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
      const exchange = telemetry.begin<FakeRequest>({}, { ...fakeReader, route: () => told });
      exchange.failed(new RangeError("too far"));
      exchange.end(failed);
    });
    span.end();
    await finished(telemetry, theirs);
    expect(theirs.getFinishedSpans()[0]?.attributes).toEqual({ "http.route": "REDACTED", "error.type": "REDACTED" });
  });

  test.for([
    ["sampled", 1],
    ["not sampled", 0],
  ] as const)(
    "a server span that lies on the request stands for it, %s, and its decision holds (C16)",
    async ([, ratio]) => {
      const telemetry = engine({ sampleRatio: ratio });
      const span = trace.getTracer("plugin").startSpan("request", { kind: SpanKind.SERVER });
      let kept = ROOT_CONTEXT;
      const foundSpan = (): FoundSpan => ({ span, keep: (own) => (kept = own) });
      const exchange = telemetry.begin({}, { ...fakeReader, foundSpan }, route);
      exchange.run(() => expect(telemetry.traceId()).toBe(span.spanContext().traceId));
      // The plugin runs what is its own in the context that it keeps.
      context.with(kept, () => telemetry.annotate({ "user.id": "u-7" }));
      exchange.failed(new RangeError("too far"));
      span.end();
      exchange.end(failed);
      expect(await finished(telemetry, ours)).toEqual(ratio === 1 ? ["GET /users/:id"] : []);
      if (ratio === 0) return;
      const [server] = ours.getFinishedSpans();
      expect(server?.attributes).toMatchObject({ "http.route": "/users/:id", "user.id": "u-7" });
      expect(server?.events.map(({ name }) => name)).toEqual(["exception"]);
      expect(telemetry.status().faults).toEqual({});
    },
  );

  test.for<[string, unknown]>([
    ["a text", "span"],
    ["a span of another API", { context: () => ({}), setTag() {} }],
    ["a span that has no kind of a server", { spanContext: () => ({ traceFlags: 1 }), isRecording: () => true }],
    ["one that throws", Object.defineProperty({}, "spanContext", { get: () => expect.fail("not for us") })],
  ])("what lies on a request may be anything, %s too: then the request has its own span (C16)", async ([, span]) => {
    const telemetry = engine();
    telemetry.begin({}, { ...fakeReader, foundSpan: () => ({ span }) }, route).end(done);
    expect(await finished(telemetry, ours)).toEqual(["GET /users/:id"]);
  });

  test("a span that lies on a request without a route is named by the method (C16)", async () => {
    const telemetry = engine();
    const span = trace.getTracer("plugin").startSpan("request", { kind: SpanKind.SERVER });
    const exchange = telemetry.begin({}, { ...fakeReader, foundSpan: () => ({ span }) }, null);
    span.end();
    exchange.end({ statusCode: 404, completed: true });
    expect(await finished(telemetry, ours)).toEqual(["GET"]);
  });

  test.for(["ours", "theirs"] as const)(
    "attributes around getters that throw stay, where the span is %s (A15)",
    async (owner) => {
      if (owner === "theirs") startSdk();
      const telemetry = engine();
      const shy = (): never => {
        throw new Error("do not look");
      };
      const exchange = telemetry.begin({}, fakeReader, route);
      exchange.run(() =>
        telemetry.annotate({
          "app.a": 1,
          get "app.b"(): number {
            return shy();
          },
          "app.c": 3,
          get "app.d"(): number {
            return shy();
          },
          "app.e": 5,
        }),
      );
      exchange.end(done);
      const exporter = owner === "ours" ? ours : theirs;
      await finished(telemetry, exporter);
      const [server] = exporter.getFinishedSpans();
      expect(server?.attributes).toMatchObject({ "app.a": 1, "app.c": 3, "app.e": 5 });
      expect(Object.keys(server?.attributes ?? {})).not.toContain("app.b");
      // Another SDK's span counts what it dropped itself.
      expect(server?.droppedAttributesCount).toBe(owner === "ours" ? 2 : 0);
    },
  );

  test("others are told that a request has its server span, as instrumentation-http tells it (C16)", async () => {
    const telemetry = engine();
    telemetry.begin({}, fakeReader, route).run(() => {
      const metadata = context.active().getValue(rpcMetadataKey);
      expect(metadata).toMatchObject({ type: "http", span: trace.getActiveSpan() });
    });
  });

  test("a request made in a handler has a span of its own, and fails by itself (C14)", async () => {
    startSdk();
    const telemetry = engine();
    const outer = telemetry.begin<FakeRequest>({}, { ...fakeReader, route: () => route });
    outer.run(() => {
      const inner = telemetry.begin<FakeRequest>({ method: "POST" }, fakeReader);
      inner.run(() => {
        expect(telemetry.current()).toBe(inner);
        telemetry.annotate({ "is.inner": true });
      });
      inner.failed(new RangeError("inner"));
      inner.end(failed);
      expect(telemetry.current()).toBe(outer);
    });
    outer.end(done);
    expect(await finished(telemetry, theirs)).toEqual(["POST", "GET /users/:id"]);
    const [inner, server] = theirs.getFinishedSpans();
    expect(inner?.status.code).toBe(SpanStatusCode.ERROR);
    expect(inner?.attributes).toMatchObject({ "is.inner": true, "http.response.status_code": 500 });
    expect(server?.status.code).toBe(SpanStatusCode.UNSET);
    expect(server?.attributes).not.toHaveProperty("is.inner");
    expect(server?.events).toEqual([]);
    expect(inner?.spanContext().traceId).not.toBe(server?.spanContext().traceId);
  });

  test("a request made in a handler leaves the server span of another instrumentation to the outer one (C14)", async () => {
    const provider = startSdk();
    const telemetry = engine();
    const span = provider.getTracer("http").startSpan("GET", { kind: SpanKind.SERVER });
    context.with(trace.setSpan(ROOT_CONTEXT, span).setValue(rpcMetadataKey, { type: "http", span }), () => {
      const outer = telemetry.begin<FakeRequest>({}, { ...fakeReader, route: () => route });
      outer.run(() => telemetry.begin<FakeRequest>({ method: "POST" }, fakeReader).end(failed));
      outer.end(done);
    });
    span.end();
    expect(await finished(telemetry, theirs)).toEqual(["POST", "GET /users/:id"]);
    expect(theirs.getFinishedSpans()[1]?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('with register "always" it gives way, with one warning (R-I4)', async () => {
    startSdk();
    const telemetry = engine({ register: "always" });
    expect(lines).toEqual([expect.stringContaining("Gossamer replaced")]);
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader);
    exchange.run(() => trace.getTracer("lib").startSpan("step").end());
    exchange.end(done);
    expect(await finished(telemetry, ours)).toEqual(["step", "GET"]);
    expect(theirs.getFinishedSpans()).toEqual([]);
  });

  test('with register "never" the two do not touch, and nobody is warned (R-I4)', async () => {
    startSdk();
    const telemetry = engine({ register: "never" });
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader);
    exchange.run(() => {
      expect(telemetry.current()).toBe(exchange);
      telemetry.span("ours", () => {});
      trace.getTracer("lib").startSpan("theirs").end();
    });
    exchange.end(done);
    expect(await finished(telemetry, ours)).toEqual(["ours", "GET"]);
    expect(await finished(telemetry, theirs)).toEqual(["theirs"]);
    expect(lines).toEqual([]);
  });
});

describe("an SDK after us", () => {
  test("is one warning with the fix, however many times it tries (R-I4)", () => {
    const telemetry = engine();
    startSdk();
    startSdk();
    telemetry.begin<FakeRequest>({}, fakeReader).end(done);
    expect(lines).toEqual([expect.stringContaining("Start the SDK first")]);
  });

  test("that pushed us aside is seen at the first request, and its server spans are not doubled (R-I4)", async () => {
    const telemetry = engine();
    for (const api of [trace, context]) api.disable();
    startSdk();
    const span = trace.getTracer("http").startSpan("GET", { kind: SpanKind.SERVER });
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
      telemetry.begin<FakeRequest>({}, { ...fakeReader, route: () => route }).end(done);
    });
    span.end();
    expect(await finished(telemetry, theirs)).toEqual(["GET /users/:id"]);
    expect(await finished(telemetry, ours)).toEqual([]);
    expect(lines).toEqual([expect.stringContaining("Start the SDK first")]);
  });

  test("is told to the logger that somebody set for the API, which stays (R-I4)", () => {
    const error = vi.fn<(message: string) => void>();
    diag.setLogger({ error, warn() {}, info() {}, debug() {}, verbose() {} });
    engine();
    startSdk();
    expect(error).toHaveBeenCalled();
    expect(lines).toEqual([]);
  });
});

describe("a server span that is there", () => {
  /** Begins a request as instrumentation-http does. */
  function instrumented(run: (metadata: { span: ReturnType<typeof start>; route?: string }) => void): void {
    const span = start();
    const metadata = { type: "http", span };
    context.with(trace.setSpan(ROOT_CONTEXT, span).setValue(rpcMetadataKey, metadata), () => run(metadata));
  }
  const start = () => trace.getTracer("instrumentation-http").startSpan("GET", { kind: SpanKind.SERVER });

  test("is enriched by the time its owner ends it, and there is no second one (R-I4)", async () => {
    const telemetry = engine();
    instrumented((metadata) => {
      const matched: { route?: typeof route } = {};
      const exchange = telemetry.begin<FakeRequest>({}, { ...fakeReader, route: () => matched.route });
      exchange.run(() => {
        expect(telemetry.current()).toBe(exchange);
        telemetry.annotate({ "user.id": "u-7" });
        telemetry.span("step", () => {});
      });
      expect(metadata.route).toBe(undefined);
      matched.route = route;
      exchange.failed(new Error("broke"));
      expect(metadata.route).toBe("/users/:id");
      metadata.span.end();
      exchange.end(failed);
      expect(Object.getOwnPropertyDescriptor(metadata, "route")?.value).toBe("/users/:id");
    });
    expect(await finished(telemetry, ours)).toEqual(["step", "GET /users/:id"]);
    const [step, server] = ours.getFinishedSpans();
    expect(step?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(server?.attributes).toEqual({
      "user.id": "u-7",
      "http.route": "/users/:id",
      "app.tier": "gold",
      "error.type": "Error",
    });
    expect(server?.events).toMatchObject([{ name: "exception" }]);
    expect(await metricsOf(telemetry)).toEqual([1]);
  });

  test.for<[string, number | undefined, string | undefined]>([
    ["a 500", 500, "declined"],
    ["a 404, which was meant", 404, undefined],
    ["a status that it does not show", undefined, "declined"],
  ])("that fails has the class and message of what was thrown, told as its owner ends it: %s (R-I4)", async (one) => {
    const [, status, type] = one;
    const telemetry = engine({ categorizeError: () => "declined" });
    instrumented(({ span }) => {
      const exchange = telemetry.begin<FakeRequest>({}, fakeReader);
      exchange.failed(new Error("first"));
      exchange.failedWith(new Error("no funds"));
      if (status !== undefined) span.setAttributes({ "http.response.status_code": status, "error.type": `${status}` });
      span.setStatus({ code: SpanStatusCode.ERROR }).end();
      exchange.end({ statusCode: status ?? 500, completed: true });
    });
    expect(await finished(telemetry, ours)).toEqual(["GET"]);
    const [server] = ours.getFinishedSpans();
    expect(server?.attributes["error.type"]).toBe(type ?? "404");
    expect(server?.status.message).toBe(type === undefined ? undefined : "no funds");
  });

  test("that is not sampled is not doubled either, and its request is counted (R-I4)", async () => {
    const telemetry = engine({ sampleRatio: 0 });
    instrumented(() => {
      const exchange = telemetry.begin<FakeRequest>({}, fakeReader);
      exchange.run(() => telemetry.span("step", () => {}));
      exchange.end(failed);
    });
    expect(await finished(telemetry, ours)).toEqual([]);
    expect(await metricsOf(telemetry)).toEqual([1]);
  });

  test("of a request long over, in whose context the server was started, is nobody's (R-I4)", async () => {
    const telemetry = engine();
    instrumented(({ span }) => {
      span.end();
      telemetry.begin<FakeRequest>({}, fakeReader).end(done);
    });
    expect(await finished(telemetry, ours)).toEqual(["GET", "GET"]);
  });
});

test("what is suppressed makes no span (R-I5)", async () => {
  const telemetry = engine();
  context.with(ROOT_CONTEXT.setValue(suppressTracingKey, true), () => telemetry.span("hidden", () => {}));
  expect(await finished(telemetry, ours)).toEqual([]);
});

test("where outgoing calls are not traced, the instrumentations pass over all of them (R-C1, R-I5)", () => {
  const { http, undici } = engine({ exporter: "none", outgoingCalls: false }).instrumentationOptions();
  expect(http.ignoreOutgoingRequestHook({ hostname: "shop.example" })).toBe(true);
  expect(undici.ignoreRequestHook({ origin: "https://shop.example" })).toBe(true);
});

test("the options for instrumentations ignore our collector and nothing else (R-I5)", () => {
  const { http, undici } = engine({
    exporter: "otlp",
    otlp: { endpoint: "http://collector:4318", metricsEndpoint: "https://metrics.example/v1" },
  }).instrumentationOptions();
  expect(http.disableIncomingRequestInstrumentation).toBe(true);
  const ignored = [
    { hostname: "collector", port: 4318 },
    { host: "collector:4318", port: "4318", protocol: "http:" },
    { hostname: "metrics.example", protocol: "https:" },
  ];
  const others = [{ hostname: "collector", port: 80 }, { hostname: "metrics.example" }, { host: null }];
  expect(ignored.map((request) => http.ignoreOutgoingRequestHook(request))).toEqual([true, true, true]);
  expect(others.map((request) => http.ignoreOutgoingRequestHook(request))).toEqual([false, false, false]);
  const origins = ["http://collector:4318", "https://metrics.example", "http://metrics.example", "no address"];
  expect(origins.map((origin) => undici.ignoreRequestHook({ origin }))).toEqual([true, true, false, false]);
});
