import { MethodTable } from "../../limits/methods.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { Clock } from "../../model/clock.ts";
import type {
  ExponentialPoint,
  HistogramPoint,
  MetricData,
  MetricsSnapshot,
  NumberPoint,
} from "../../model/metric-data.ts";
import { RouteTable } from "../../model/route.ts";
import type { ObservedMetric, OwnObservedMetric } from "../instruments/observed-metric.ts";
import { createMetrics, type Metrics, type MetricsSettings } from "../metrics.ts";

export const methods: MethodTable = new MethodTable();
export const get: number = methods.index("GET");
export const post: number = methods.index("POST");

/** A clock that stands still until it is told to go on. */
export interface HandClock extends Clock {
  wait(ms: number): void;
}

export function handClock(epochMs = 1_700_000_000_123.456): HandClock {
  let passedMs = 0;
  return {
    now: () => passedMs,
    epochMs: (monotonicMs) => epochMs + monotonicMs,
    monotonicMs: (moment) => moment - epochMs,
    wait(ms) {
      passedMs += ms;
    },
  };
}

export interface TestMetrics {
  readonly metrics: Metrics;
  readonly routes: RouteTable;
  readonly clock: HandClock;
  /** What was said. */
  readonly lines: readonly string[];
}

const testLimits: LimitSettings = {
  valueLength: 1_024,
  truncateMarker: "...",
  arrayItems: 100,
  attributes: 128,
  events: 128,
  links: 32,
  eventAttributes: 128,
  linkAttributes: 128,
  names: undefined,
};

export function testMetrics(settings: Partial<MetricsSettings> = {}): TestMetrics {
  const clock = handClock();
  const lines: string[] = [];
  const metrics = createMetrics({
    resource: { attributes: { "service.name": "shop", "process.pid": 7 } },
    scope: { name: "@gossamer/core", version: "1.2.3" },
    clock,
    methods: methods.names,
    limits: testLimits,
    diagnostics: { info() {}, warn: (line) => lines.push(line) },
    ...settings,
  });
  return { metrics, routes: new RouteTable(), clock, lines };
}

/** As one of the engine's own, whatever its name: the catalogue is for what is told. */
export function registerAny(metrics: Metrics, metric: ObservedMetric): void {
  metrics.registerObserved(metric as OwnObservedMetric);
}

export function metricsIn({ scopes }: MetricsSnapshot): MetricData[] {
  return scopes.flatMap(({ metrics }) => metrics);
}

export function metricOf(snapshot: MetricsSnapshot, name: string): MetricData | undefined {
  return metricsIn(snapshot).find((metric) => metric.name === name);
}

export function pointsOf(metrics: Metrics, name: string): readonly (HistogramPoint | ExponentialPoint | NumberPoint)[] {
  return metricOf(metrics.reader("cumulative").collect(), name)?.points ?? [];
}

/** Attributes of each series with how many requests it counts. */
export function countsOf(metrics: Metrics, name = "http.server.request.duration"): [object, number][] {
  return pointsOf(metrics, name).map((point) => [point.attributes, "value" in point ? point.value : point.count]);
}

/** Metrics of every kind with values in them, as a real service would have. */
export function busyMetrics(settings: Partial<MetricsSettings> = {}): TestMetrics {
  const made = testMetrics(settings);
  const { metrics, routes, clock } = made;
  const users = routes.get("/users/:id");
  metrics.http.started(get, "http");
  for (let i = 0; i < 40; i++) {
    metrics.http.started(get, "http");
    metrics.http
      .series(users, get, "http", i % 8 === 0 ? 500 : 200, i % 8 === 0 ? 'Type"Error\\\n' : undefined)
      .record(i / 10);
    metrics.http.ended(get, "http");
  }
  metrics.http.series(undefined, post, "https", 404, undefined).record(0.003);
  metrics.http.series(routes.get("/übung/*"), 0, "http", undefined, undefined).record(12);
  metrics.http.series(routes.get("/events"), get, "http", 200, undefined).recordStream(61);
  metrics.http.series(users, get, "http", undefined, undefined).aborted();
  registerAny(metrics, {
    name: "otel.sdk.processor.span.queue.size",
    unit: "{span}",
    description: "Spans in the queue.",
    kind: "sum",
    valueType: "int",
    read: () => [
      { attributes: { "otel.component.name": "http" }, value: 12 },
      { attributes: { "otel.component.name": "errors" }, value: -3 },
    ],
  });
  registerAny(metrics, {
    name: "gossamer.batch.fill",
    unit: "1",
    description: "How full the last batch was.",
    kind: "gauge",
    read: () => [{ attributes: {}, value: 0.25 }],
  });
  registerAny(metrics, {
    name: "gossamer.exported",
    unit: "By",
    description: "Bytes sent.",
    kind: "sum",
    monotonic: true,
    valueType: "int",
    read: () => [{ attributes: { compressed: true, tries: [1, 2] }, value: 9_007_199_254_740_991 }],
  });
  clock.wait(1000.25);
  return made;
}
