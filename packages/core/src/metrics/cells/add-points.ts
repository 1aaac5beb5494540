import type { Exemplar, HistogramPoint, NumberPoint } from "../../model/metric-data.ts";

/** Two series of numbers that are one. */
export function addNumbers(one: NumberPoint, other: NumberPoint): NumberPoint {
  return { ...one, value: one.value + other.value, exemplars: latest(one, other) };
}

/** Two distributions that are one, over the same buckets. */
export function addHistograms(one: HistogramPoint, other: HistogramPoint): HistogramPoint {
  return {
    ...one,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: extreme(Math.min, one.min, other.min),
    max: extreme(Math.max, one.max, other.max),
    counts: one.counts.map((count, bucket) => count + other.counts[bucket]!),
    exemplars: latest(one, other),
  };
}

/** Exemplars of a series that others were merged into. */
const maxExemplars = 64;

function latest(
  one: NumberPoint | HistogramPoint,
  other: NumberPoint | HistogramPoint,
): readonly Exemplar[] | undefined {
  if (one.exemplars === undefined || other.exemplars === undefined) return one.exemplars ?? other.exemplars;
  return [...one.exemplars, ...other.exemplars].sort((a, b) => b.timeMs - a.timeMs).slice(0, maxExemplars);
}

function extreme(
  choose: (a: number, b: number) => number,
  one: number | undefined,
  other: number | undefined,
): number | undefined {
  return one === undefined ? other : other === undefined ? one : choose(one, other);
}
