import { createNoopMeter, INVALID_SPAN_CONTEXT, type Span, type Tracer, trace } from "@opentelemetry/api";
import type { ApiLogger } from "../logging/logger-provider.ts";
import { createMetricProducer } from "../metrics/readers/metric-producer.ts";
import { createPrometheusHandler } from "../metrics/prometheus/prometheus-handler.part.ts";
import type { MetricsSnapshot } from "../model/metric-data.ts";
import type { Explanation } from "./sampling/explain.part.ts";
import type { SamplingState } from "./sampling/sampling-control.ts";
import { readPrometheusOptions } from "./prometheus-options.ts";
import type { SpanHelperOptions, Telemetry } from "./telemetry.ts";

const noSpan: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

const idleTracer: Tracer = {
  startSpan: () => noSpan,
  startActiveSpan<F extends (span: Span) => unknown>(_name: string, ...rest: unknown[]): ReturnType<F> {
    return (rest.at(-1) as F)(noSpan) as ReturnType<F>;
  },
};

const idleLogger: ApiLogger = { emit() {}, enabled: () => false };

const idleSampling: SamplingState = Object.freeze({
  sampleRatio: undefined,
  sampler: "not started",
  rules: [],
  centralRules: [],
  keep: Object.freeze({ errors: 0, aborted: 0, slowerThanMs: 0, slow: 0, trace: false, maxPerSecond: 0 }),
  dryRun: [],
  revision: 0,
  changedBy: "start",
});

const noReader = { prepare: () => undefined, collect: noMetrics };

function noMetrics(): MetricsSnapshot {
  return { resource: { attributes: {} }, timeMs: 0, scopes: [] };
}

const notStarted = "telemetry has not been started: no request is observed";

/** Where nothing can be told of a request, but why. */
export function unexplained(why: string): Explanation {
  return {
    decidedBy: "switched-off",
    rule: undefined,
    ruleIndex: undefined,
    ratio: 0,
    keep: undefined,
    lane: undefined,
    metrics: false,
    steps: [why],
  };
}

/** What telemetry does while the process has no engine: functions run, questions have an answer, nothing is measured and nothing throws. */
export const idleTelemetry: Telemetry = Object.freeze({
  enabled: false,
  tracer: idleTracer,
  tracerProvider: { getTracer: () => idleTracer },
  meterProvider: { getMeter: () => createNoopMeter() },
  loggerProvider: { getLogger: () => idleLogger },
  propagator: { inject() {}, extract: (context) => context, fields: () => [] },
  span<T>(_name: string, ...rest: [(span: Span) => T] | [SpanHelperOptions, (span: Span) => T]): T {
    const fn = rest.at(-1);
    return typeof fn === "function" ? fn(noSpan) : (undefined as T);
  },
  annotate() {},
  operation() {},
  traceId: () => undefined,
  current: () => undefined,
  bind: (target) => target,
  sampling: { current: () => idleSampling, update: () => idleSampling, ticket: () => "" },
  explain: () => unexplained(notStarted),
  logging: {
    level: "info",
    service: { name: "unknown_service:node", version: undefined, environment: undefined },
    identify: () => undefined,
    started: () => () => {},
    logRequests: () => () => {},
    flushes: () => () => {},
    records: () => undefined,
    watchRecords: () => () => {},
    dropped() {},
    failed() {},
  },
  status: () => ({
    state: "not-started",
    sampling: {
      sampler: idleSampling.sampler,
      decisions: {},
      kept: {},
      keepDrops: {},
      dryRun: undefined,
      remote: undefined,
      tickets: undefined,
    },
    spans: { started: 0, live: 0, leaked: 0, drops: {}, attributeDrops: {} },
    traceExport: undefined,
    metricExport: undefined,
    statsd: undefined,
    logExport: undefined,
    metrics: { instruments: [], maxSeries: 0, growing: undefined, failedReads: 0, drops: {} },
    logs: { requestLines: 0, drops: {}, records: { written: 0, unsampled: 0, held: 0, drops: {} } },
    overhead: undefined,
    settings: {},
    operations: {},
    faults: {},
  }),
  check: () => [
    {
      id: "not-started",
      severity: "error",
      message: notStarted,
      fix: "Mount it before what it is to observe: app.use(telemetry({ … })).",
    },
  ],
  prometheus: (options) => createPrometheusHandler({ reader: noReader, ...readPrometheusOptions(options) }),
  instrumentationOptions: () => ({
    http: { disableIncomingRequestInstrumentation: true, ignoreOutgoingRequestHook: () => false },
    undici: { ignoreRequestHook: () => false },
  }),
  metricProducer: () => createMetricProducer(noReader),
  overhead: () => undefined,
  governor: { set() {} },
  flush: () => Promise.resolve(true),
  shutdown: () => Promise.resolve(),
  emergencyFlush: () => Promise.resolve(true),
} satisfies Telemetry);
