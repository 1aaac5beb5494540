import { createNoopMeter, type MeterProvider } from "@opentelemetry/api";
import type { SampleSettings } from "./cells/reservoir.ts";
import type { LimitSettings } from "../limits/span-limits.ts";
import type { Diagnostics } from "../model/diagnostics.ts";
import type { Clock } from "../model/clock.ts";
import type { MetricData, ScopeMetrics, Temporality, UntoldMetric } from "../model/metric-data.ts";
import type { Resource } from "../model/resource.ts";
import type { Scope } from "../model/scope.ts";
import { ownMetric, type OwnMetricName } from "./catalogue/own-metrics.ts";
import { durationBoundaries } from "./cells/bucket-search.ts";
import { HttpServerInstruments } from "./http/http-server-instruments.ts";
import { type HttpServerMetrics, noHttpServerMetrics } from "./http/http-server-metrics.ts";
import type { CollectionWindow, Instrument } from "./cells/instrument.ts";
import { type MetricsStatus, metricsStatus } from "./metrics-status.ts";
import type { EngineMeterProviderParts } from "./instruments/engine-meter-provider.ts";
import { ExemplarSource, type ExemplarSourceParts } from "./instruments/exemplar-source.ts";
import { LateMeters } from "./instruments/late-meters.ts";
import { MetricComplaints } from "./instruments/metric-complaints.ts";
import { ObservedInstrument, type OwnObservedMetric } from "./instruments/observed-metric.ts";
import { OwnNames } from "./instruments/own-names.ts";
import { viewedMetric } from "./views/viewed-metric.ts";
import { type ViewedStream, Views } from "./views/views.ts";
import type { MetricView } from "../model/filters/metric-view.ts";
import { type MetricsReader, MetricsReaders } from "./readers/metrics-reader.ts";
import type { StatusAttribute } from "./http/series-table.ts";

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
  /** How metrics are told. @default [] */
  readonly views?: readonly MetricView[] | undefined;
  /** Finds the spans that values are counted in. @default none, so that there are no exemplars of the user's metrics */
  readonly exemplars?: Pick<ExemplarSourceParts, "filter" | "find"> | undefined;
  /** How much the attributes of a series of the user's may hold. */
  readonly limits: LimitSettings;
  readonly diagnostics: Diagnostics;
  /** Runs a collection, and measures it. @default just runs it */
  readonly timed?: <T>(collect: () => T) => T;
  /** Whether histograms keep some of their values too, and for which reader. @default none does */
  readonly samples?: SampleSettings | undefined;
  readonly startTimer?: EngineMeterProviderParts["startTimer"];
}

/** An instrument of a metric in the catalogue. */
export type OwnInstrument = Instrument & { readonly name: OwnMetricName };

/** The metrics of a process. */
export interface Metrics {
  /** Where exchanges are counted. */
  readonly http: HttpServerMetrics;
  /** The meters of the service and its libraries. */
  readonly meterProvider: MeterProvider;
  /** Takes a metric of the catalogue to be read at each collection, in place of one with the same name. */
  registerObserved(metric: OwnObservedMetric): void;
  /** Takes an instrument that is kept elsewhere, in place of one with the same name. */
  register(instrument: OwnInstrument): void;
  /**
   * Someone who collects. Each reader of deltas has its own account of what it took, so none takes from another; there are at most 4 of them, and a
   * fifth is a `RangeError`. Of cumulative numbers there may be any number of readers.
   */
  reader(temporality: Temporality): MetricsReader;
  /** The durations of requests since the start, as no view tells them; undefined as long as there are none. Takes nothing from any reader. */
  durations(): MetricData | undefined;
  /** Counts a metric that had no place in the Prometheus text, and says it once. */
  readonly untold: (metric: UntoldMetric) => void;
  status(): MetricsStatus;
}

const defaultMaxSeries = 2000;
const maxErrorTypes = 100;

/** Metrics that are kept in cells and collected on demand. Holds no timer. */
export function createMetrics(settings: MetricsSettings): Metrics {
  const { resource, scope, clock, methods, maxSeries = defaultMaxSeries } = settings;
  const { limits, diagnostics, startTimer, timed = (run) => run() } = settings;
  const complaints = new MetricComplaints(diagnostics);
  const views = new Views(settings.views ?? [], (name) =>
    complaints.say(
      `views ${name}`,
      () => `two views make a metric named ${name} from one instrument: only the first is exported. Rename the other`,
      "GSM_VIEW_CONFLICT",
    ),
  );
  const ownStreams = ownViews(views, scope, complaints);
  const http = new HttpServerInstruments({
    methods,
    boundaries: boundariesIn(ownStreams(durationMetric)) ?? settings.boundaries ?? durationBoundaries,
    statusAttribute: settings.statusAttribute ?? "group",
    maxSeries,
    maxErrorTypes,
    samples: settings.samples,
  });
  const instruments = new Map<string, Instrument>(http.instruments.map((instrument) => [instrument.name, instrument]));
  let failedReads = 0;
  const failed = (): void => {
    failedReads++;
  };
  const meterProvider = new LateMeters({
    limits,
    complaints,
    maxSeries,
    samples: settings.samples,
    failed,
    startTimer,
    exemplars: settings.exemplars === undefined ? undefined : new ExemplarSource({ ...settings.exemplars, clock }),
    viewsOf: (descriptor, of) => views.of(descriptor, of),
  });
  const ownNames = new OwnNames(complaints);
  const readers = new MetricsReaders({
    clock,
    resource,
    observe: () => meterProvider.observe(),
    collect: (window) => timed(() => collect(window)),
  });

  function collect(window: CollectionWindow): readonly ScopeMetrics[] {
    const metrics: MetricData[] = [];
    for (const instrument of instruments.values()) {
      const data = instrument.collect(window);
      if (data !== undefined) metrics.push(...viewed(data, ownStreams(data)));
    }
    ownNames.add(metrics);
    const users = ownNames.without(meterProvider.collect(window));
    for (const instrument of [...instruments.values(), ...meterProvider.metrics()]) sayIfFull(instrument, complaints);
    return metrics.length === 0 ? users : [{ scope, metrics }, ...users];
  }

  return {
    http,
    meterProvider,
    register(instrument) {
      instruments.set(instrument.name, instrument);
    },
    registerObserved(metric) {
      instruments.set(metric.name, new ObservedInstrument(metric, { maxSeries, failed }));
    },
    reader: (temporality) => readers.create(temporality),
    durations: () => http.durations.collect(sinceTheStart),
    untold: complaints.untold,
    status: () =>
      metricsStatus([...instruments.values(), ...meterProvider.metrics()], {
        maxSeries,
        failedReads,
        drops: complaints.drops,
      }),
  };
}

/** Found at collections, so that recording has nothing to tell. */
function sayIfFull({ name, overflowed, series }: Instrument, complaints: MetricComplaints): void {
  if (overflowed === 0) return;
  complaints.say(
    `GSM_METRIC_SERIES ${name}`,
    () =>
      `the metric ${name} has ${series} series, its maximum: further ones share one with otel.metric.overflow. status().metrics names the attribute that grows`,
    "GSM_METRIC_SERIES",
  );
}

const sinceTheStart: CollectionWindow = {
  temporality: "cumulative",
  slot: undefined,
  reader: -1,
  deltaReaders: undefined,
  startMs: 0,
  beganMs: 0,
};

const durationMetric = { ...ownMetric("http.server.request.duration"), kind: "histogram" } as const;

/** What views say of the engine's own metrics, found once for each. Undefined where no view is about it. */
function ownViews(
  views: Views,
  scope: Scope,
  complaints: MetricComplaints,
): (metric: Pick<MetricData, "kind" | "name" | "unit">) => readonly ViewedStream[] | undefined {
  const known = new Map<string, readonly ViewedStream[] | undefined>();
  return (metric) => {
    const { name, unit } = metric;
    if (known.has(name)) return known.get(name);
    const streams = views.of({ name, unit, kind: kindOf(metric) }, scope);
    known.set(name, streams);
    const isMore = ({ aggregation, boundaries }: ViewedStream): boolean =>
      aggregation !== undefined || (boundaries !== undefined && name !== durationMetric.name);
    if (streams?.some(isMore) === true) {
      complaints.say(
        // A view of many metrics is one mistake.
        "view-own",
        () =>
          `a view asks more of Gossamer's own metric ${name} than it supports: such take name, description, keep, remove and "drop", and ${durationMetric.name} its boundaries. The rest of the view applies`,
        "GSM_VIEW_UNUSED",
      );
    }
    return streams;
  };
}

/** The kind that views are asked by: own metrics are counted or read. */
function kindOf(metric: Pick<MetricData, "kind"> & { readonly monotonic?: boolean }): string {
  if (metric.kind !== "sum") return metric.kind;
  return metric.monotonic === true ? "counter" : "up-down-counter";
}

function boundariesIn(streams: readonly ViewedStream[] | undefined): readonly number[] | undefined {
  return streams?.find(({ boundaries }) => boundaries !== undefined)?.boundaries;
}

function viewed(metric: MetricData, streams: readonly ViewedStream[] | undefined): readonly MetricData[] {
  return streams === undefined ? [metric] : streams.map((stream) => viewedMetric(metric, stream));
}

/** Stands in where metrics are switched off: counts, keeps and answers nothing. */
export function noMetrics({ resource }: Pick<MetricsSettings, "resource">): Metrics {
  return {
    http: noHttpServerMetrics,
    meterProvider: { getMeter: () => createNoopMeter() },
    register() {},
    registerObserved() {},
    reader: (temporality) => ({
      temporality,
      prepare: () => undefined,
      collect: () => ({ resource, timeMs: 0, scopes: [] }),
    }),
    durations: () => undefined,
    untold() {},
    status: () => ({ instruments: [], maxSeries: 0, growing: undefined, failedReads: 0, drops: {} }),
  };
}
