import type { PageAttributes } from "../protocol.ts";
import {
  attributesOf,
  isCount,
  isGiven,
  isRecord,
  isTime,
  maxBuckets,
  millisOf,
  numberOf,
  recordOf,
  textOf,
  type Unknown,
} from "./otlp-values.ts";
import { items, type Origin, wrongTime } from "./read-otlp.ts";
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

/**
 * The durations of requests, from histograms of either form, and undefined for all else that is met. What else is measured is nothing for the page, and
 * is neither read nor rejected.
 *
 * @throws RefusedRequest for what has another shape as a whole
 */
export function* readDurations(request: unknown, rejected: Rejections): Generator<DurationPoint | undefined> {
  for (const each of items(request, "metrics", rejected)) {
    const item = each?.item;
    if (each !== undefined && isRecord(item) && item["name"] === duration) yield* pointsOf(item, each.origin, rejected);
    else if (each !== undefined && !isRecord(item)) rejected.add("a metric must be an object");
    yield;
  }
}

const forms = ["histogram", "exponentialHistogram", "sum", "gauge", "summary"] as const;

function* pointsOf(metric: Unknown, origin: Origin, rejected: Rejections): Generator<DurationPoint | undefined> {
  const form = forms.find((name) => isGiven(metric[name]));
  const data = form === undefined ? {} : recordOf(metric[form]);
  const points = data["dataPoints"];
  if (form !== "histogram" && form !== "exponentialHistogram") {
    const count = Array.isArray(points) ? Math.max(1, points.length) : 1;
    return rejected.add(`${duration} must be a histogram, or an exponential one`, count);
  }
  if (!Array.isArray(points)) return rejected.add(`${form}.dataPoints must be a list`);
  for (const point of points as unknown[]) {
    const buckets = isRecord(point) ? bucketsOf(form, point) : "a data point must be an object";
    const { startTimeUnixNano, timeUnixNano, attributes } = recordOf(point);
    if (typeof buckets === "string") rejected.add(buckets);
    yield typeof buckets === "string"
      ? undefined
      : {
          ...origin,
          ...buckets,
          startedAt: isGiven(startTimeUnixNano) ? String(startTimeUnixNano) : "",
          atMs: millisOf(timeUnixNano),
          isDelta: isDelta(data["aggregationTemporality"]),
          unit: textOf(metric["unit"]),
          attributes: attributesOf(attributes),
        };
  }
}

type Buckets = Pick<DurationPoint, "bounds" | "counts">;

/** What a point has counted, or what is wrong with it. */
function bucketsOf(form: "histogram" | "exponentialHistogram", point: Unknown): Buckets | string {
  for (const name of ["startTimeUnixNano", "timeUnixNano"]) {
    if (isGiven(point[name]) && !isTime(point[name])) return wrongTime(name);
  }
  if (isGiven(point["count"]) && !isCount(point["count"])) return "count must be less than 2^53";
  const buckets = form === "histogram" ? explicitBuckets(point) : exponentialBuckets(point);
  if (typeof buckets === "string") return buckets;
  const total = buckets.counts.reduce((sum, count) => sum + count, 0);
  return Number.isSafeInteger(total) ? buckets : "the counts of a histogram must be less than 2^53 together";
}

const noCounts = "bucketCounts must be a list of counts, each less than 2^53";

function explicitBuckets({ explicitBounds, bucketCounts }: Unknown): Buckets | string {
  const counts = countsOf(bucketCounts);
  if (counts === undefined || counts.length === 0) return noCounts;
  if (!Array.isArray(explicitBounds ?? []) || !((explicitBounds ?? []) as unknown[]).every(isNumber))
    return "explicitBounds must be a list of numbers";
  const bounds = ((explicitBounds ?? []) as unknown[]).map(numberOf);
  if (counts.length !== bounds.length + 1) return "bucketCounts must have one count more than there are explicitBounds";
  if (bounds.some((bound, i) => i > 0 && bound <= (bounds[i - 1] ?? 0))) return "explicitBounds must increase";
  return { bounds, counts };
}

/** What the protocol lets senders have, with room to spare: beyond it every bucket is as wide as nothing, or as everything. */
const [minScale, maxScale, maxOffset] = [-11, 20, 2 ** 31];

/**
 * Bucket i ends at 2^((i + 1) / 2^scale). No request takes less than no time: what is in the negative ones is as nothing.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
function exponentialBuckets({ scale, zeroCount, positive, negative }: Unknown): Buckets | string {
  const [above, below] = [recordOf(positive), recordOf(negative)];
  const [counts, negatives] = [countsOf(above["bucketCounts"] ?? []), countsOf(below["bucketCounts"] ?? [])];
  if (counts === undefined || negatives === undefined) return noCounts;
  if (isGiven(scale) && !isWithin(scale, minScale, maxScale))
    return `scale must be a whole number from ${minScale} to ${maxScale}`;
  if (isGiven(zeroCount) && !isCount(zeroCount)) return "zeroCount must be a count less than 2^53";
  if (isGiven(above["offset"]) && !isWithin(above["offset"], -maxOffset, maxOffset))
    return "offset must be a whole number of 32 bits";
  const [width, offset] = [2 ** -numberOf(scale), numberOf(above["offset"])];
  const zeros = negatives.reduce((sum, count) => sum + count, numberOf(zeroCount));
  return { bounds: [0, ...counts.map((_, i) => 2 ** ((offset + i + 1) * width))], counts: [zeros, ...counts, 0] };
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function countsOf(list: unknown): number[] | undefined {
  if (!Array.isArray(list) || list.length > maxBuckets || !list.every(isCount)) return undefined;
  return list.map(numberOf);
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(typeof value === "string" && value !== "" ? Number(value) : value);
}

/** By number, or by name as JSON may have it. */
function isDelta(temporality: unknown): boolean {
  return temporality === 1 || temporality === "AGGREGATION_TEMPORALITY_DELTA";
}
