import { attributeRecord, integer, type ReceivedAttributes } from "./attribute-record.ts";
import type { ReceivedOrigin } from "./decode-trace-request.ts";
import {
  otlpSchema,
  readMessage,
  type SchemaHistogramPoint,
  type SchemaMetric,
  type SchemaMetricsRequest,
  type SchemaNumberPoint,
} from "./otlp-schema.ts";

/** One data point with everything that was said of its metric. */
export interface ReceivedPoint extends ReceivedOrigin {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: "gauge" | "sum" | "histogram";
  /** Undefined for a gauge, which has none. */
  readonly temporality: "cumulative" | "delta" | undefined;
  /** Only sums can be. */
  readonly monotonic: boolean;
  readonly attributes: ReceivedAttributes;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** The value of a gauge or sum. */
  readonly value: number | bigint | undefined;
  /** How many values a histogram point stands for; 0 for the other kinds. */
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** One more than there are bounds; empty for the other kinds. */
  readonly bucketCounts: readonly number[];
  readonly bounds: readonly number[];
}

/**
 * The points of an ExportMetricsServiceRequest, flattened, in the order of the wire.
 *
 * Reads gauges, sums and histograms. Throws when the bytes are not such a request, or hold a metric of another kind.
 */
export function decodeMetricsRequest(bytes: Uint8Array): ReceivedPoint[] {
  return readMetricsRequest(bytes).resourceMetrics.flatMap((resourceMetrics) => {
    const resource = attributeRecord(resourceMetrics.resource?.attributes ?? []);
    return resourceMetrics.scopeMetrics.flatMap(({ scope, schemaUrl, metrics }) => {
      const origin: ReceivedOrigin = {
        scope: {
          name: scope?.name ?? "",
          version: scope?.version ?? "",
          attributes: attributeRecord(scope?.attributes ?? []),
          schemaUrl,
        },
        resource,
        resourceSchemaUrl: resourceMetrics.schemaUrl,
      };
      return metrics.flatMap((metric) => receivedPoints(metric, origin));
    });
  });
}

/** The whole request with nothing flattened or converted: for comparing two encoders field by field. */
export function readMetricsRequest(bytes: Uint8Array): SchemaMetricsRequest {
  return readMessage(otlpSchema.metrics.v1.ExportMetricsServiceRequest, bytes);
}

type Described = Omit<ReceivedPoint, keyof PointValues>;
type PointValues = Pick<
  ReceivedPoint,
  | "attributes"
  | "startTimeUnixNano"
  | "timeUnixNano"
  | "value"
  | "count"
  | "sum"
  | "min"
  | "max"
  | "bucketCounts"
  | "bounds"
>;

function receivedPoints(metric: SchemaMetric, origin: ReceivedOrigin): ReceivedPoint[] {
  const { name, description, unit } = metric;
  const described = { ...origin, name, description, unit, monotonic: false, temporality: undefined };
  switch (metric.data) {
    case "gauge":
      return numberPoints(metric.gauge?.dataPoints ?? [], { ...described, kind: "gauge" });
    case "sum":
      return numberPoints(metric.sum?.dataPoints ?? [], {
        ...described,
        kind: "sum",
        monotonic: metric.sum?.isMonotonic ?? false,
        temporality: temporality(metric.sum?.aggregationTemporality),
      });
    case "histogram":
      return histogramPoints(metric.histogram?.dataPoints ?? [], {
        ...described,
        kind: "histogram",
        temporality: temporality(metric.histogram?.aggregationTemporality),
      });
    default:
      throw new RangeError(
        `Metric ${JSON.stringify(name)} is neither gauge, sum nor histogram, got ${metric.data ?? "no data"}.`,
      );
  }
}

function numberPoints(points: readonly SchemaNumberPoint[], described: Described): ReceivedPoint[] {
  return points.map((point) => ({
    ...described,
    attributes: attributeRecord(point.attributes),
    startTimeUnixNano: BigInt(point.startTimeUnixNano),
    timeUnixNano: BigInt(point.timeUnixNano),
    value: point.asInt === undefined ? point.asDouble : integer(point.asInt),
    count: 0,
    sum: undefined,
    min: undefined,
    max: undefined,
    bucketCounts: [],
    bounds: [],
  }));
}

function histogramPoints(points: readonly SchemaHistogramPoint[], described: Described): ReceivedPoint[] {
  return points.map((point) => ({
    ...described,
    attributes: attributeRecord(point.attributes),
    startTimeUnixNano: BigInt(point.startTimeUnixNano),
    timeUnixNano: BigInt(point.timeUnixNano),
    value: undefined,
    count: Number(point.count),
    sum: point.sum,
    min: point.min,
    max: point.max,
    bucketCounts: point.bucketCounts.map(Number),
    bounds: point.explicitBounds,
  }));
}

function temporality(code: number | undefined): ReceivedPoint["temporality"] {
  if (code === 1) return "delta";
  if (code === 2) return "cumulative";
  throw new RangeError(`Aggregation temporality must be 1 (delta) or 2 (cumulative), got ${code}.`);
}
