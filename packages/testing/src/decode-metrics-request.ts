import { attributeRecord, integer, type ReceivedAttributes } from "./attribute-record.ts";
import type { ReceivedOrigin } from "./decode-trace-request.ts";
import {
  otlpSchema,
  readMessage,
  type SchemaBuckets,
  type SchemaExponentialPoint,
  type SchemaHistogramPoint,
  type SchemaMetric,
  type SchemaMetricsRequest,
  type SchemaNumberPoint,
  type SchemaPoint,
  type SchemaSummaryPoint,
} from "./otlp-schema.ts";

/** One data point with everything that was said of its metric. */
export interface ReceivedPoint extends ReceivedOrigin {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: "gauge" | "sum" | "histogram" | "exponential-histogram" | "summary";
  /** Undefined for a gauge and a summary, which have none. */
  readonly temporality: "cumulative" | "delta" | undefined;
  /** Only sums can be. */
  readonly monotonic: boolean;
  readonly attributes: ReceivedAttributes;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** The value of a gauge or sum. */
  readonly value: number | bigint | undefined;
  /** How many values a point of a histogram or summary stands for; 0 for the other kinds. */
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** One more than there are bounds; empty for the other kinds. */
  readonly bucketCounts: readonly number[];
  readonly bounds: readonly number[];
  /** The buckets of an exponential histogram; undefined for the other kinds. */
  readonly exponential: ReceivedExponential | undefined;
  /** Of a summary, its values by quantile from 0 to 1; empty for the other kinds. */
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** Buckets whose bounds are the powers of 2^(2^-scale). */
export interface ReceivedExponential {
  readonly scale: number;
  /** Values that are at most the threshold away from 0. */
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ReceivedBuckets;
  readonly negative: ReceivedBuckets;
}

/** Counts of neighbouring buckets, the first with the index `offset`. */
export interface ReceivedBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

/**
 * The points of an ExportMetricsServiceRequest, flattened, in the order of the wire.
 *
 * Reads all kinds of metrics that the schema has. Throws when the bytes are not such a request, or hold a metric of none.
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
  | "exponential"
  | "quantiles"
>;

function receivedPoints(metric: SchemaMetric, origin: ReceivedOrigin): ReceivedPoint[] {
  const { name, description, unit, gauge, sum, histogram, exponentialHistogram, summary } = metric;
  const described = { ...origin, name, description, unit, monotonic: false, temporality: undefined };
  switch (metric.data) {
    case "gauge":
      return points(gauge, { ...described, kind: "gauge" }, numberValues);
    case "sum":
      return points(
        sum,
        {
          ...described,
          kind: "sum",
          monotonic: sum?.isMonotonic ?? false,
          temporality: temporality(sum),
        },
        numberValues,
      );
    case "histogram":
      return points(
        histogram,
        { ...described, kind: "histogram", temporality: temporality(histogram) },
        histogramValues,
      );
    case "exponentialHistogram":
      return points(
        exponentialHistogram,
        { ...described, kind: "exponential-histogram", temporality: temporality(exponentialHistogram) },
        exponentialValues,
      );
    case "summary":
      return points(summary, { ...described, kind: "summary" }, summaryValues);
    default:
      throw new RangeError(
        `Metric ${JSON.stringify(name)} must be a gauge, sum, histogram, exponential histogram or summary, got no data.`,
      );
  }
}

type OwnValues = Partial<PointValues>;

function points<Point extends SchemaPoint>(
  data: { readonly dataPoints: readonly Point[] } | undefined,
  described: Described,
  valuesOf: (point: Point) => OwnValues,
): ReceivedPoint[] {
  return (data?.dataPoints ?? []).map((point) => ({
    ...described,
    attributes: attributeRecord(point.attributes),
    startTimeUnixNano: BigInt(point.startTimeUnixNano),
    timeUnixNano: BigInt(point.timeUnixNano),
    value: undefined,
    count: 0,
    sum: undefined,
    min: undefined,
    max: undefined,
    bucketCounts: [],
    bounds: [],
    exponential: undefined,
    quantiles: [],
    ...valuesOf(point),
  }));
}

function numberValues({ asInt, asDouble }: SchemaNumberPoint): OwnValues {
  return { value: asInt === undefined ? asDouble : integer(asInt) };
}

function histogramValues(point: SchemaHistogramPoint): OwnValues {
  const { count, sum, min, max, bucketCounts, explicitBounds } = point;
  return { count: Number(count), sum, min, max, bucketCounts: bucketCounts.map(Number), bounds: explicitBounds };
}

function exponentialValues(point: SchemaExponentialPoint): OwnValues {
  const { count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative } = point;
  return {
    count: Number(count),
    sum,
    min,
    max,
    exponential: {
      scale,
      zeroCount: Number(zeroCount),
      zeroThreshold,
      positive: receivedBuckets(positive),
      negative: receivedBuckets(negative),
    },
  };
}

function receivedBuckets(buckets: SchemaBuckets | null): ReceivedBuckets {
  return { offset: buckets?.offset ?? 0, counts: (buckets?.bucketCounts ?? []).map(Number) };
}

function summaryValues({ count, sum, quantileValues }: SchemaSummaryPoint): OwnValues {
  return { count: Number(count), sum, quantiles: quantileValues.map(({ quantile, value }) => ({ quantile, value })) };
}

function temporality(
  data: { readonly aggregationTemporality: number } | undefined,
): NonNullable<ReceivedPoint["temporality"]> {
  const code = data?.aggregationTemporality;
  if (code === 1) return "delta";
  if (code === 2) return "cumulative";
  throw new RangeError(`Aggregation temporality must be 1 (delta) or 2 (cumulative), got ${code}.`);
}
