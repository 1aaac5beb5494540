import type { Clock } from "../model/clock.ts";
import type { MetricData, MetricsSnapshot, Temporality } from "../model/metric-data.ts";
import type { Resource } from "../model/resource.ts";
import type { Scope } from "../model/scope.ts";
import { durationBoundaries } from "./bucket-search.ts";
import { HttpServerInstruments } from "./http-server-instruments.ts";
import { type HttpServerMetrics, noHttpServerMetrics } from "./http-server-metrics.ts";
import type { Instrument } from "./instrument.ts";
import { type MetricsStatus, metricsStatus } from "./metrics-status.ts";
import { ObservedInstrument, type ObservedMetric } from "./observed-metric.ts";
import type { StatusAttribute } from "./series-table.ts";

export interface MetricsSettings {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly clock: Clock;
  /** Names of methods by the index that is recorded with, the one for unknown methods first: `MethodTable.names`. */
  readonly methods: readonly string[];
  /** Upper bounds of the duration buckets in seconds, rising. @default {@link durationBoundaries} */
  readonly boundaries?: readonly number[] | undefined;
  /** @default "group" */
  readonly statusAttribute?: StatusAttribute | undefined;
  /** Series an instrument, before the one for all others. @default 2000 */
  readonly maxSeries?: number | undefined;
}

/** The metrics of a process. */
export interface Metrics {
  /** Where exchanges are counted. */
  readonly http: HttpServerMetrics;
  /** Takes a metric to be read at each collection, in place of one with the same name. */
  registerObserved(metric: ObservedMetric): void;
  /** Takes an instrument that is kept elsewhere, in place of one with the same name. */
  register(instrument: Instrument): void;
  /**
   * All metrics now. Deltas count since the last collection of deltas, so only one reader may ask for them. Cumulative collections are for
   * any number of readers.
   */
  collect(temporality: Temporality): MetricsSnapshot;
  status(): MetricsStatus;
}

const defaultMaxSeries = 2000;
const maxErrorTypes = 100;

/** Metrics that are kept in cells and collected on demand. Holds no timer. */
export function createMetrics(settings: MetricsSettings): Metrics {
  const { resource, scope, clock, methods, maxSeries = defaultMaxSeries } = settings;
  const http = new HttpServerInstruments({
    methods,
    boundaries: settings.boundaries ?? durationBoundaries,
    statusAttribute: settings.statusAttribute ?? "group",
    maxSeries,
    maxErrorTypes,
  });
  const instruments = new Map<string, Instrument>(http.instruments.map((instrument) => [instrument.name, instrument]));
  const beganMs = clock.epochMs(clock.now());
  let deltaStartMs = beganMs;
  let failedReads = 0;
  const failed = (): void => {
    failedReads++;
  };

  return {
    http,
    register(instrument) {
      instruments.set(instrument.name, instrument);
    },
    registerObserved(metric) {
      instruments.set(metric.name, new ObservedInstrument(metric, { maxSeries, failed }));
    },
    collect(temporality) {
      const startMs = temporality === "delta" ? deltaStartMs : beganMs;
      // The wall clock may have been set back; a window never ends before it began.
      const timeMs = Math.max(startMs, clock.epochMs(clock.now()));
      if (temporality === "delta") deltaStartMs = timeMs;
      const metrics: MetricData[] = [];
      for (const instrument of instruments.values()) {
        const data = instrument.collect({ temporality, startMs, beganMs });
        if (data !== undefined) metrics.push(data);
      }
      return { resource, scope, timeMs, metrics };
    },
    status: () => metricsStatus(instruments.values(), maxSeries, failedReads),
  };
}

/** Stands in where metrics are switched off: counts, keeps and answers nothing. */
export function noMetrics(settings: Pick<MetricsSettings, "resource" | "scope">): Metrics {
  const { resource, scope } = settings;
  return {
    http: noHttpServerMetrics,
    register() {},
    registerObserved() {},
    collect: () => ({ resource, scope, timeMs: 0, metrics: [] }),
    status: () => ({ instruments: [], maxSeries: 0, growing: undefined, failedReads: 0 }),
  };
}
