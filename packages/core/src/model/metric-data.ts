import type { Attributes } from "./attributes.ts";
import type { Resource } from "./resource.ts";
import type { Scope } from "./scope.ts";

/** Whether a point counts from the start of the engine or since the collection before. */
export type Temporality = "cumulative" | "delta";

/** Whether the values of a metric are counts of whole things or measurements. */
export type ValueType = "int" | "double";

/** A value that was counted, with the span in which it was. */
export interface Exemplar {
  readonly value: number;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
  /** Hex digits; undefined where it was counted in no span. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** One number of one series. */
export interface NumberPoint {
  readonly attributes: Attributes;
  readonly value: number;
  readonly exemplars?: readonly Exemplar[] | undefined;
}

/** The distribution of one series. */
export interface HistogramPoint {
  readonly attributes: Attributes;
  readonly count: number;
  readonly sum: number;
  /** Undefined when nothing was recorded. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** One more than the metric has boundaries; the last counts what is above them all. */
  readonly counts: readonly number[];
  /** Some of the values themselves, chosen by chance, where they are kept. */
  readonly samples?: readonly number[] | undefined;
  /** By bucket, at most one of each but where series were merged. */
  readonly exemplars?: readonly Exemplar[] | undefined;
}

/** Counts of neighbouring buckets, the first with the index `offset`. */
export interface ExponentialRange {
  readonly offset: number;
  readonly counts: readonly number[];
}

/** The distribution of one series in buckets whose bounds are the powers of 2^(2^-scale). */
export interface ExponentialPoint {
  readonly attributes: Attributes;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  /** Values that are 0. */
  readonly zeros: number;
  readonly positive: ExponentialRange;
  readonly negative: ExponentialRange;
  readonly exemplars?: readonly Exemplar[] | undefined;
}

interface MetricHead {
  /** As OpenTelemetry names it, with dots. */
  readonly name: string;
  readonly description: string;
  /** UCUM: `s`, `By`, `{request}`. */
  readonly unit: string;
  /** When counting began, in milliseconds since 1970: the start of the engine, or for deltas the collection before. */
  readonly startMs: number;
}

/** Values spread over buckets whose upper bounds, inclusive and rising, are `boundaries`. */
export interface HistogramData extends MetricHead {
  readonly kind: "histogram";
  readonly temporality: Temporality;
  readonly boundaries: readonly number[];
  readonly points: readonly HistogramPoint[];
}

/** Values that may be added up over series and time. */
export interface SumData extends MetricHead {
  readonly kind: "sum";
  readonly temporality: Temporality;
  /** Whether it only rises. */
  readonly monotonic: boolean;
  readonly valueType: ValueType;
  readonly points: readonly NumberPoint[];
}

/** Values that stand each for themselves. */
export interface GaugeData extends MetricHead {
  readonly kind: "gauge";
  readonly valueType: ValueType;
  readonly points: readonly NumberPoint[];
}

/** Values spread over buckets that grow with them. Only OTLP has a form for it. */
export interface ExponentialData extends MetricHead {
  readonly kind: "exponential";
  readonly temporality: Temporality;
  readonly points: readonly ExponentialPoint[];
}

export type MetricData = HistogramData | ExponentialData | SumData | GaugeData;

/** The metrics of one scope. */
export interface ScopeMetrics {
  readonly scope: Scope;
  readonly metrics: readonly MetricData[];
}

/** All metrics at one moment, as plain data: what OTLP, the Prometheus text and the `MetricProducer` are made from. */
export interface MetricsSnapshot {
  readonly resource: Resource;
  /** The moment of the collection, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Those that have points, the engine's own first. */
  readonly scopes: readonly ScopeMetrics[];
}

/** A metric that is not in the Prometheus text, since its name there is another's. */
export interface UntoldMetric {
  readonly metric: string;
  readonly scope: string;
  /** What its name comes to. */
  readonly name: string;
}
