import type { Attributes, HrTime, ValueType as ApiValueType } from "@opentelemetry/api";
import type { Attributes as ModelAttributes } from "../../model/attributes.ts";
import { hrTime } from "../../model/clock.ts";
import type { MetricData, MetricsSnapshot, Temporality, ValueType } from "../../model/metric-data.ts";
import type { Scope } from "../../model/scope.ts";
import type { MetricsReader } from "./metrics-reader.ts";
import { type ProducedResource, producedResource } from "../../model/resource.ts";

/** One point as `@opentelemetry/sdk-metrics` has it. */
export interface ProducedPoint<Value> {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Attributes;
  readonly value: Value;
}

export interface ProducedHistogram {
  buckets: { boundaries: number[]; counts: number[] };
  sum: number;
  count: number;
  min?: number;
  max?: number;
}

export interface ProducedExponential {
  count: number;
  sum: number;
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  positive: { offset: number; bucketCounts: number[] };
  negative: { offset: number; bucketCounts: number[] };
}

export interface ProducedHead {
  readonly descriptor: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly valueType: ApiValueType;
  };
  /** 0: delta, 1: cumulative. */
  readonly aggregationTemporality: 0 | 1;
}

/** A metric as `@opentelemetry/sdk-metrics` has it; `dataPointType` is its number for histogram (0), exponential histogram (1), gauge (2) and sum (3). */
export type ProducedMetric =
  | (ProducedHead & { readonly dataPointType: 0; readonly dataPoints: ProducedPoint<ProducedHistogram>[] })
  | (ProducedHead & { readonly dataPointType: 1; readonly dataPoints: ProducedPoint<ProducedExponential>[] })
  | (ProducedHead & { readonly dataPointType: 2; readonly dataPoints: ProducedPoint<number>[] })
  | (ProducedHead & {
      readonly dataPointType: 3;
      readonly dataPoints: ProducedPoint<number>[];
      readonly isMonotonic: boolean;
    });

export interface ProducedMetrics {
  resourceMetrics: {
    resource: ProducedResource;
    scopeMetrics: {
      scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
      metrics: ProducedMetric[];
    }[];
  };
  errors: unknown[];
}

/** What a `MetricReader` of `@opentelemetry/sdk-metrics` 2 or 3 takes in its `metricProducers`. */
export interface MetricProducer {
  collect(options?: { timeoutMillis?: number }): Promise<ProducedMetrics>;
}

const apiValueType: Record<ValueType, ApiValueType> = { int: 0, double: 1 };
const aggregationTemporality: Record<Temporality, 0 | 1> = { delta: 0, cumulative: 1 };

/** Hands our metrics to a reader of the OpenTelemetry SDK. Never rejects: what goes wrong is in `errors`, as the interface asks. */
export function createMetricProducer(reader: Pick<MetricsReader, "prepare" | "collect">): MetricProducer {
  return {
    async collect() {
      try {
        await reader.prepare();
        return produced(reader.collect(), []);
      } catch (error) {
        return {
          resourceMetrics: { resource: producedResource({ attributes: {} }), scopeMetrics: [] },
          errors: [error],
        };
      }
    },
  };
}

function produced({ resource, timeMs, scopes }: MetricsSnapshot, errors: unknown[]): ProducedMetrics {
  const endTime = hrTime(timeMs);
  const scopeMetrics = scopes.map(({ scope, metrics }) => ({
    scope: producedScope(scope),
    metrics: metrics.map((metric) => producedMetric(metric, endTime)),
  }));
  return { resourceMetrics: { resource: producedResource(resource), scopeMetrics }, errors };
}

function producedScope({
  name,
  version,
  schemaUrl,
}: Scope): ProducedMetrics["resourceMetrics"]["scopeMetrics"][number]["scope"] {
  return schemaUrl === undefined ? { name, version } : { name, version, schemaUrl };
}

function producedMetric(metric: MetricData, endTime: HrTime): ProducedMetric {
  const { name, description, unit } = metric;
  const startTime = hrTime(metric.startMs);
  const valueType = apiValueType["valueType" in metric ? metric.valueType : "double"];
  const head: ProducedHead = {
    descriptor: { name, description, unit, valueType },
    aggregationTemporality: aggregationTemporality[metric.kind === "gauge" ? "cumulative" : metric.temporality],
  };
  if (metric.kind === "histogram") {
    const dataPoints = metric.points.map(({ attributes, count, sum, min, max, counts }) => ({
      startTime,
      endTime,
      attributes: apiAttributes(attributes),
      value: {
        buckets: { boundaries: [...metric.boundaries], counts: [...counts] },
        sum,
        count,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      },
    }));
    return { ...head, dataPointType: 0, dataPoints };
  }
  if (metric.kind === "exponential") {
    const dataPoints = metric.points.map(({ attributes, count, sum, min, max, scale, zeros, positive, negative }) => ({
      startTime,
      endTime,
      attributes: apiAttributes(attributes),
      value: {
        count,
        sum,
        min,
        max,
        scale,
        zeroCount: zeros,
        positive: { offset: positive.offset, bucketCounts: [...positive.counts] },
        negative: { offset: negative.offset, bucketCounts: [...negative.counts] },
      },
    }));
    return { ...head, dataPointType: 1, dataPoints };
  }
  const dataPoints = metric.points.map(({ attributes, value }) => ({
    startTime,
    endTime,
    attributes: apiAttributes(attributes),
    value,
  }));
  return metric.kind === "gauge"
    ? { ...head, dataPointType: 2, dataPoints }
    : { ...head, dataPointType: 3, dataPoints, isMonotonic: metric.monotonic };
}

/** A copy: what leaves the engine may be changed by whoever gets it. */
function apiAttributes(attributes: ModelAttributes): Attributes {
  return { ...attributes };
}
