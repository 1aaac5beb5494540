import type { PageAttributes } from "../protocol.ts";
import { attributesOf, isRecord, millisOf, numberOf, recordOf, textOf, type Unknown } from "./otlp-values.ts";
import { isGiven, isWhole, items, type Origin } from "./read-otlp.ts";
import type { Rejections } from "./rejections.ts";

/** The durations of requests of one series. */
export interface DurationPoint extends Origin {
  /** When its counting began, as it was sent; empty where it says nothing. */
  readonly startedAt: string;
  /** When it was counted; 0 where it says nothing. */
  readonly atMs: number;
  readonly isDelta: boolean;
  readonly unit: string;
  /** Where each bucket but the last ends. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly attributes: PageAttributes;
}

const duration = "http.server.request.duration";
const maxBuckets = 10_000;

/**
 * The durations of requests, from histograms of either form. What else is measured is nothing for the page, and is neither read nor rejected.
 *
 * @throws RefusedRequest for what has another shape as a whole
 */
export function* readDurations(request: unknown, rejected: Rejections): Generator<DurationPoint> {
  for (const { item, origin } of items(request, "metrics", rejected)) {
    if (!isRecord(item)) rejected.add("a metric must be an object");
    else if (item["name"] === duration) yield* pointsOf(item, origin, rejected);
  }
}

const forms = ["histogram", "exponentialHistogram", "sum", "gauge", "summary"] as const;

function* pointsOf(metric: Unknown, origin: Origin, rejected: Rejections): Generator<DurationPoint> {
  const form = forms.find((name) => isGiven(metric[name]));
  const data = form === undefined ? {} : recordOf(metric[form]);
  const points = data["dataPoints"];
  if (form !== "histogram" && form !== "exponentialHistogram") {
    const count = Array.isArray(points) ? Math.max(1, points.length) : 1;
    return rejected.add(`${duration} must be a histogram, or an exponential one`, count);
  }
  if (!Array.isArray(points)) return rejected.add(`${form}.dataPoints must be a list`);
  for (const point of points as unknown[]) {
    const buckets = !isRecord(point)
      ? "a data point must be an object"
      : form === "histogram"
        ? explicitBuckets(point)
        : exponentialBuckets(point);
    const { startTimeUnixNano, timeUnixNano, attributes } = recordOf(point);
    if (typeof buckets === "string") rejected.add(buckets);
    else
      yield {
        ...origin,
        ...buckets,
        startedAt: isWhole(startTimeUnixNano) ? String(startTimeUnixNano) : "",
        atMs: millisOf(timeUnixNano),
        isDelta: isDelta(data["aggregationTemporality"]),
        unit: textOf(metric["unit"]),
        attributes: attributesOf(attributes),
      };
  }
}

type Buckets = Pick<DurationPoint, "bounds" | "counts">;

/** What is wrong with them, where something is. */
function explicitBuckets({ explicitBounds, bucketCounts }: Unknown): Buckets | string {
  const counts = countsOf(bucketCounts);
  if (counts === undefined || counts.length === 0) return "bucketCounts must be a list of counts";
  if (!Array.isArray(explicitBounds ?? []) || !((explicitBounds ?? []) as unknown[]).every(isNumber))
    return "explicitBounds must be a list of numbers";
  const bounds = ((explicitBounds ?? []) as unknown[]).map(numberOf);
  if (counts.length !== bounds.length + 1) return "bucketCounts must have one count more than there are explicitBounds";
  return { bounds, counts };
}

/**
 * Bucket i ends at 2^((i + 1) / 2^scale). No request takes less than no time: what is in the negative ones is as nothing.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
function exponentialBuckets({ scale, zeroCount, positive, negative }: Unknown): Buckets | string {
  const [above, below] = [recordOf(positive), recordOf(negative)];
  const [counts, negatives] = [countsOf(above["bucketCounts"] ?? []), countsOf(below["bucketCounts"] ?? [])];
  if (counts === undefined || negatives === undefined) return "bucketCounts must be a list of counts";
  if (isGiven(scale) && !Number.isInteger(scale)) return "scale must be a whole number";
  if (isGiven(zeroCount) && !isWhole(zeroCount)) return "zeroCount must be a count";
  const [width, offset] = [2 ** -numberOf(scale), numberOf(above["offset"])];
  const zeros = negatives.reduce((sum, count) => sum + count, numberOf(zeroCount));
  return { bounds: [0, ...counts.map((_, i) => 2 ** ((offset + i + 1) * width))], counts: [zeros, ...counts, 0] };
}

function countsOf(list: unknown): number[] | undefined {
  if (!Array.isArray(list) || list.length > maxBuckets || !list.every(isWhole)) return undefined;
  return list.map(numberOf);
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(typeof value === "string" && value !== "" ? Number(value) : value);
}

/** By number, or by name as JSON may have it. */
function isDelta(temporality: unknown): boolean {
  return temporality === 1 || temporality === "AGGREGATION_TEMPORALITY_DELTA";
}
