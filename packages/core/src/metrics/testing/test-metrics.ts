import { MethodTable } from "../../limits/methods.ts";
import type { Clock } from "../../model/clock.ts";
import type { HistogramPoint, MetricData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { RouteTable } from "../../model/route.ts";
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
}

export function testMetrics(settings: Partial<MetricsSettings> = {}): TestMetrics {
  const clock = handClock();
  const metrics = createMetrics({
    resource: { attributes: { "service.name": "shop", "process.pid": 7 } },
    scope: { name: "@gossamer/core", version: "1.2.3" },
    clock,
    methods: methods.names,
    ...settings,
  });
  return { metrics, routes: new RouteTable(), clock };
}

export function metricOf(snapshot: MetricsSnapshot, name: string): MetricData | undefined {
  return snapshot.metrics.find((metric) => metric.name === name);
}

export function pointsOf(metrics: Metrics, name: string): readonly (HistogramPoint | NumberPoint)[] {
  return metricOf(metrics.collect("cumulative"), name)?.points ?? [];
}

/** Attributes of each series with how many requests it counts. */
export function countsOf(metrics: Metrics, name = "http.server.request.duration"): [object, number][] {
  return pointsOf(metrics, name).map((point) => [point.attributes, "value" in point ? point.value : point.count]);
}
