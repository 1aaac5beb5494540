import type { ReceivedPoint } from "@gossamer/testing";

/** Histogram points of one row put together. */
export interface Distribution {
  count: number;
  /** Seconds. */
  min: number;
  max: number;
  buckets: number[];
  bounds: readonly number[];
}

export function emptyDistribution(bounds: readonly number[]): Distribution {
  return {
    count: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    buckets: bounds.map(() => 0).concat(0),
    bounds,
  };
}

/** Adds a point with the same bounds. */
export function addPoint(into: Distribution, point: ReceivedPoint): void {
  into.count += point.count;
  if (point.min !== undefined && point.min < into.min) into.min = point.min;
  if (point.max !== undefined && point.max > into.max) into.max = point.max;
  for (const [i, count] of point.bucketCounts.entries()) into.buckets[i] = (into.buckets[i] ?? 0) + count;
}

/**
 * The value below which the share `q` lies, in the unit of the bounds: found in its bucket on a straight line between the bucket's ends, as a
 * histogram allows no better. Where minimum and maximum are known it is never outside them. NaN when there is nothing.
 */
export function quantile({ count, buckets, bounds, min, max }: Distribution, q: number): number {
  if (count === 0) return Number.NaN;
  const rank = q * count;
  let below = 0;
  for (const [i, inBucket] of buckets.entries()) {
    if (inBucket > 0 && below + inBucket >= rank) {
      const low = Math.max(bounds[i - 1] ?? 0, min === Number.POSITIVE_INFINITY ? 0 : min);
      const high = Math.min(
        bounds[i] ?? Number.POSITIVE_INFINITY,
        max === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : max,
      );
      if (high === Number.POSITIVE_INFINITY) return low;
      return low + (Math.max(0, high - low) * (rank - below)) / inBucket;
    }
    below += inBucket;
  }
  return max;
}
