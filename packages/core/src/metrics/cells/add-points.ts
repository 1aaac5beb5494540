import type { Attributes } from "../../model/attributes.ts";
import type { Exemplar, ExponentialData, HistogramPoint, MetricData, NumberPoint } from "../../model/metric-data.ts";
import { seriesKey } from "./series-key.ts";

/**
 * A metric whose series have other attributes: those that these no longer tell apart are one. Sums and distributions are added up; of gauges the
 * last series counts.
 */
export function withAttributes<Metric extends Exclude<MetricData, ExponentialData>>(
  metric: Metric,
  attributesOf: (attributes: Attributes) => Attributes,
): Metric;
export function withAttributes(
  metric: Exclude<MetricData, ExponentialData>,
  attributesOf: (attributes: Attributes) => Attributes,
): MetricData {
  if (metric.kind === "histogram") return { ...metric, points: merged(metric.points, attributesOf, addHistograms) };
  const join = metric.kind === "gauge" ? (_: NumberPoint, last: NumberPoint) => last : addNumbers;
  return { ...metric, points: merged(metric.points, attributesOf, join) };
}

function merged<Point extends { readonly attributes: Attributes }>(
  points: readonly Point[],
  attributesOf: (attributes: Attributes) => Attributes,
  join: (one: Point, other: Point) => Point,
): readonly Point[] {
  const byKey = new Map<string, Point>();
  for (const point of points) {
    const attributes = attributesOf(point.attributes);
    const key = seriesKey(attributes);
    const known = byKey.get(key);
    byKey.set(key, { ...(known === undefined ? point : join(known, point)), attributes });
  }
  return [...byKey.values()];
}

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
