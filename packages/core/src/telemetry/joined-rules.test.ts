import { AsyncLocalStorage } from "node:async_hooks";
import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, test } from "vitest";
import type { RequestLine } from "../logging/request-line.ts";
import type { RouteOptions } from "../model/route.ts";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { rules } from "./sampling/rules-sampler.ts";
import { toOtelSampler } from "../tracing/otel-api/otel-sampler.ts";
import { fakeReader, type FakeRequest } from "../testing/test-exchange.ts";
import { AsyncContextManager } from "../tracing/context/async-context-manager.ts";
import { rpcMetadataKey } from "../tracing/context/context-keys.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };
const everything: Sampler = { shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }) };
const sampledCaller = { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` };

let theirs = new InMemorySpanExporter();
let ours = new InMemorySpanExporter();
let lines: RequestLine[] = [];

/** An SDK that was there first, and follows parents, as SDKs do. */
function startSdk(root: Sampler = everything): TracerProvider {
  const spanProcessors = [new SimpleSpanProcessor({ exporter: theirs })];
  const provider = new TracerProvider({ spanProcessors, sampler: new ParentBasedSampler({ root }) });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncContextManager(new AsyncLocalStorage()));
  return provider;
}

function engine(options: TelemetryOptions = {}): TelemetryEngine {
  const telemetry = createTelemetry({
    sampleRatio: 1,
    exporter: "none",
    spanExporters: [ours],
    log: () => {},
    shutdown: { signals: false },
    diagnostics: "warn",
    ...options,
  } as TelemetryOptions<never>);
  telemetry.logging.logRequests({ write: (line) => lines.push(line) });
  return telemetry;
}

interface Asked {
  readonly template?: string;
  readonly options?: RouteOptions;
  /** Whether the framework routes first, and tells the route as the request begins. */
  readonly isToldFirst?: boolean;
  readonly request?: FakeRequest;
}

/** A request as an adapter has it, whose route is found in its handler unless it is told first. */
function request(telemetry: TelemetryEngine, asked: Asked, handle: (exchange: Exchange) => void = () => {}): Exchange {
  const { template = "/orders/:id", options, isToldFirst = false, request: given = {} } = asked;
  const route = telemetry.routes.get(template, options);
  let isMatched = isToldFirst;
  const reader = { ...fakeReader, route: () => (isMatched ? route : undefined) };
  const exchange = telemetry.begin(given, reader, isToldFirst ? route : undefined) as Exchange;
  exchange.run(() => {
    isMatched = true;
    handle(exchange);
  });
  return exchange;
}

/** What a handler does: a step of ours, and below it one of a library; and one of a library by itself. */
function work(telemetry: TelemetryEngine): void {
  telemetry.span("ours", () => trace.getTracer("library").startSpan("below ours").end());
  trace.getTracer("library").startSpan("a library's").end();
}

/** A request whose span is instrumentation-http's, as it tells others and ends it. */
function instrumented(handle: () => Exchange, headers: Record<string, string> = {}): Span {
  const attributes = { "http.request.method": "GET", "url.path": "/users/7", ...headers };
  const span = trace.getTracer("http").startSpan("GET", { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
  const metadata: { type: string; span: Span; route?: string } = { type: "http", span };
  const exchange = context.with(trace.setSpan(ROOT_CONTEXT, span).setValue(rpcMetadataKey, metadata), handle);
  if (metadata.route !== undefined) span.setAttribute("http.route", metadata.route).updateName(`GET ${metadata.route}`);
  span.end();
  exchange.end(done);
  return span;
}

async function names(telemetry: TelemetryEngine, exporter: InMemorySpanExporter): Promise<string[]> {
  await telemetry.flush();
  return exporter.getFinishedSpans().map(({ name }) => name);
}

async function counted(telemetry: TelemetryEngine): Promise<number> {
  const { resourceMetrics } = await telemetry.metricProducer().collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const durations = metrics.find(({ descriptor }) => descriptor.name === "http.server.request.duration");
  return durations?.dataPointType === 0 ? durations.dataPoints.reduce((sum, { value }) => sum + value.count, 0) : 0;
}

afterEach(async () => {
  await resetTelemetry();
  for (const api of [trace, context, propagation]) api.disable();
  theirs = new InMemorySpanExporter();
  ours = new InMemorySpanExporter();
  lines = [];
});

describe("a request in somebody else's trace", () => {
  test("a rule's `metrics: false` holds (R-I4, R-S4)", async () => {
    startSdk();
    const telemetry = engine({ rules: [{ match: "GET /health", metrics: false }] });
    request(telemetry, { template: "/health" }).end(done);
    request(telemetry, {}).end(done);
    expect(await counted(telemetry)).toBe(1);
  });

  test("names and attributes of rules and routes hold, the route's before the rule's (R-I4, R-S4)", async () => {
    startSdk();
    const rule = { match: "GET /orders/:id", spanName: "order", attributes: { team: "shop", tier: "rule" } };
    const telemetry = engine({ rules: [rule, { path: "/users/*", spanName: "by path" }] });
    request(telemetry, { options: { name: "own name", attributes: { tier: "route" } } }).end(done);
    instrumented(() => request(telemetry, {}));
    request(telemetry, { template: "/carts", options: { name: "cart" } }).end(done);
    expect(await names(telemetry, theirs)).toEqual(["GET order", "GET order", "GET by path"]);
    const [first, second] = theirs.getFinishedSpans();
    expect(first?.attributes).toMatchObject({ team: "shop", tier: "route", "http.route": "/orders/:id" });
    expect(second?.attributes).toMatchObject({ team: "shop", tier: "rule", "http.route": "/orders/:id" });
  });

  test("streams by rule and route are measured to their head (R-I4, R-M2)", async () => {
    startSdk();
    const telemetry = engine({ requestLine: "all", rules: [{ match: "GET /events", stream: true }] });
    const exchange = request(telemetry, { template: "/events" });
    exchange.headersSent(false);
    exchange.end({ statusCode: 200, completed: false });
    expect(lines[0]).toMatchObject({ aborted: false, level: "info" });
    expect(lines[0]?.streamMs).toBeTypeOf("number");
  });

  test("log lines and their levels go by the route (R-I4, R-G2)", () => {
    startSdk();
    const telemetry = engine();
    request(telemetry, { options: { log: "warn" } }).end(done);
    request(telemetry, { options: { log: false } }).end(done);
    request(telemetry, { options: { log: false } }).end(failed);
    expect(lines.map(({ level }) => level)).toEqual(["warn", "error"]);
  });

  test("where the other SDK did not sample, a failure is not kept, but has its line and is counted (R-I4, R-S12)", async () => {
    startSdk({ shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }) });
    const telemetry = engine({ rules: [{ match: "*", keep: { errors: true, trace: true } }] });
    request(telemetry, {}, () => work(telemetry)).end(failed);
    expect(await names(telemetry, theirs)).toEqual([]);
    expect(await names(telemetry, ours)).toEqual([]);
    expect(lines).toMatchObject([{ level: "error", samplingReason: "joined", traceFlags: 0 }]);
    expect(await counted(telemetry)).toBe(1);
  });

  test("shares of rules and routes do not hold: it is sampled by the other SDK (R-I4, R-S4)", async () => {
    startSdk();
    const telemetry = engine({ sampleRatio: 0, rules: [{ match: "GET /orders/:id", ratio: 0 }] });
    request(telemetry, { options: { ratio: 0 } }).end(done);
    expect(await names(telemetry, theirs)).toEqual(["GET /orders/:id"]);
  });

  test("outside of a rollout we begin no span, and what is below follows (R-I4, R-S13)", async () => {
    startSdk();
    const telemetry = engine({ rollout: { ratio: 0, key: { header: "x-user" } } } as TelemetryOptions);
    request(telemetry, { request: { headers: sampledCaller } }, () => work(telemetry)).end(done);
    expect(await names(telemetry, theirs)).toEqual([]);
  });

  test("with `traces: false` we begin no span, and the other SDK's are as they would be without us (R-I4)", async () => {
    startSdk();
    const telemetry = engine({ traces: false });
    request(telemetry, {}, () => work(telemetry)).end(done);
    instrumented(() => request(telemetry, {}, () => work(telemetry)));
    expect(await names(telemetry, theirs)).toEqual([
      "below ours",
      "a library's",
      "below ours",
      "a library's",
      "GET /orders/:id",
    ]);
    const [, , below, , server] = theirs.getFinishedSpans();
    expect(below?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(await counted(telemetry)).toBe(2);
  });
});

describe("`trace: false` on a route", () => {
  const untraced: RouteOptions = { trace: false };

  test("a framework that routes first: no span is begun, and none below it; the ids go on unsampled (R-I4, R-S5)", async () => {
    startSdk();
    const telemetry = engine();
    let seen = "";
    const exchange = request(telemetry, { options: untraced, isToldFirst: true }, () => {
      work(telemetry);
      seen = trace.getActiveSpan()?.spanContext().traceId ?? "";
      expect(trace.getActiveSpan()?.spanContext().traceFlags).toBe(0);
      expect(telemetry.traceId()).toBe(seen);
    });
    exchange.end(failed);
    expect(await names(telemetry, theirs)).toEqual([]);
    expect(lines).toMatchObject([{ level: "error", traceId: seen, traceFlags: 0 }]);
    expect(await counted(telemetry)).toBe(1);
  });

  test("a caller that is trusted and sampled is followed (R-I4, R-S2)", async () => {
    startSdk();
    const telemetry = engine();
    const asked = { options: untraced, isToldFirst: true, request: { headers: sampledCaller } };
    request(telemetry, asked, () => telemetry.span("ours", () => {})).end(done);
    expect(await names(telemetry, theirs)).toEqual(["ours", "GET /orders/:id"]);
  });

  test("Express, which routes late: the other SDK has the request's span, and none of ours below it, nor below those (R-I4, R-S5)", async () => {
    startSdk();
    const telemetry = engine();
    request(telemetry, { options: untraced }, () => {
      work(telemetry);
      telemetry.tracer.startActiveSpan("by hand", (span) => {
        trace.getTracer("library").startSpan("below by hand").end();
        span.end();
      });
    }).end(done);
    expect(await names(telemetry, theirs)).toEqual(["a library's", "GET /orders/:id"]);
  });

  test("instrumentation-http: its span stays, and below it is nothing where the framework routes first (R-I4, R-S5)", async () => {
    startSdk();
    const telemetry = engine();
    instrumented(() => request(telemetry, { options: untraced, isToldFirst: true }, () => work(telemetry)));
    instrumented(() => request(telemetry, { template: "/late", options: untraced }, () => work(telemetry)));
    expect(await names(telemetry, theirs)).toEqual(["GET /orders/:id", "a library's", "GET /late"]);
  });

  test("instrumentation-http on our own provider: nothing of it goes out (R-I4, R-S5)", async () => {
    const telemetry = engine();
    instrumented(() => request(telemetry, { options: untraced }, () => work(telemetry)));
    instrumented(() => request(telemetry, { options: untraced, isToldFirst: true }, () => work(telemetry)));
    expect(await names(telemetry, ours)).toEqual([]);
    expect(lines).toEqual([]);
    expect(await counted(telemetry)).toBe(2);
    instrumented(() => request(telemetry, {}, () => work(telemetry)));
    expect(await names(telemetry, ours)).toEqual(["below ours", "ours", "a library's", "GET /orders/:id"]);
  });
});

describe("instrumentation-http on our own provider", () => {
  const lanes = (telemetry: TelemetryEngine): Record<string, number> =>
    Object.fromEntries(
      Object.entries(telemetry.status().traceExport?.lanes ?? {}).map(([name, lane]) => [
        name,
        lane.accepted + lane.writing,
      ]),
    );

  test("the request's lane holds, of the route or a rule (R-I4, R-P3)", () => {
    const telemetry = engine({
      exporter: "otlp",
      otlp: { endpoint: "http://127.0.0.1:9" },
      rules: [{ match: "GET /jobs/:id", lane: "jobs" }],
    });
    instrumented(() => request(telemetry, { options: { lane: "jobs" } }, () => work(telemetry)));
    expect(lanes(telemetry)).toMatchObject({ jobs: 4 });
    instrumented(() => request(telemetry, { template: "/jobs/:id" }));
    expect(lanes(telemetry)).toMatchObject({ jobs: 5 });
  });

  test("metrics, streams, log lines, names, attributes and limits hold as in a trace of our own (R-I4, R-S4)", async () => {
    const telemetry = engine({
      attributeFilters: [{ remove: "user.*" }],
      rules: [
        { match: "GET /health", metrics: false },
        { match: "GET /events", stream: true },
        { match: "GET /orders/:id", spanName: "order", attributes: { team: "shop", "user.tier": "gold" } },
      ],
    });
    instrumented(() => request(telemetry, { template: "/health", options: { log: false } }));
    instrumented(() => request(telemetry, { options: { log: "warn" } }));
    instrumented(() => {
      const exchange = request(telemetry, { template: "/events" });
      exchange.headersSent(false);
      return exchange;
    });
    expect(await counted(telemetry)).toBe(2);
    expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(lines[1]?.streamMs).toBeTypeOf("number");
    expect(await names(telemetry, ours)).toEqual(["GET /health", "GET order", "GET /events"]);
    const order = ours.getFinishedSpans()[1];
    expect(order?.attributes).toMatchObject({ team: "shop", "http.route": "/orders/:id" });
    expect(order?.attributes).not.toHaveProperty("user.tier");
  });

  test("a failure that was not sampled is not kept (R-I4, R-S12)", async () => {
    const telemetry = engine({ sampleRatio: 0, keep: { errors: 1, trace: true } });
    instrumented(() => {
      const exchange = request(telemetry, {}, () => work(telemetry));
      exchange.end(failed);
      return exchange;
    });
    expect(await names(telemetry, ours)).toEqual([]);
    expect(lines).toMatchObject([{ level: "error" }]);
  });

  test("outside of a rollout nothing goes out, nor with `traces: false` (R-I4, R-S13)", async () => {
    const outside = engine({ rollout: { ratio: 0, key: { header: "x-user" } } } as TelemetryOptions);
    instrumented(() => request(outside, {}, () => work(outside)));
    expect(await names(outside, ours)).toEqual([]);
    await resetTelemetry();
    ours = new InMemorySpanExporter();
    const off = engine({ traces: false });
    instrumented(() => request(off, {}, () => work(off)));
    expect(await names(off, ours)).toEqual([]);
  });

  test("rules by path, host and header decide on its spans; those by route come too late (R-I4, R-S4)", async () => {
    const telemetry = engine({
      rules: [
        { path: "/users/*", headers: { "user-agent": "partner/*" }, ratio: 1 },
        { match: "GET /orders/:id", ratio: 1 },
        { match: "*", ratio: 0 },
      ],
    });
    instrumented(() => request(telemetry, {}));
    expect(await names(telemetry, ours)).toEqual([]);
    instrumented(() => request(telemetry, {}), { "user_agent.original": "partner/7" });
    expect(await names(telemetry, ours)).toEqual(["GET /orders/:id"]);
  });
});

test("our rules as the other SDK's sampler decide on a span we begin by all that it starts with (R-I4, R-A5)", async () => {
  const list = [
    { name: "by route", match: "GET /orders/:id", ratio: 0 },
    { name: "by host", host: "shop.example", ratio: 1 },
    { name: "by header", headers: { "x-debug": true as const }, ratio: 1 },
    { name: "by agent", headers: { "user-agent": "partner/*" }, ratio: 1 },
    { name: "by path", path: "/users/*", ratio: 1 },
  ];
  startSdk(toOtelSampler(rules(list)));
  const telemetry = engine({ captureRequestHeaders: ["x-debug"] });
  const ask = (headers: Record<string, string>, isToldFirst = false): void =>
    request(telemetry, { isToldFirst, request: { headers } }).end(done);
  ask({}, true);
  ask({ host: "shop.example:80" });
  ask({ "x-debug": "1" });
  ask({ "user-agent": "partner/7" });
  ask({});
  await telemetry.flush();
  const rule = theirs.getFinishedSpans().map(({ attributes }) => attributes["sampling.rule"]);
  expect(rule).toEqual(["by host", "by header", "by agent", "by path"]);
});
