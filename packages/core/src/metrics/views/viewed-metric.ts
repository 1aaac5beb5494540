import type { Attributes } from "../../model/attributes.ts";
import type { Exemplar, HistogramPoint, MetricData, NumberPoint } from "../../model/metric-data.ts";
import { seriesKey } from "../cells/series-key.ts";
import type { ViewedStream } from "./views.ts";

/** A metric as a view wants it told, for one whose series are kept already: those that its attributes no longer tell apart are one. */
export function viewedMetric(metric: MetricData, { name, description, keeps }: ViewedStream): MetricData {
  const head = { name, description: description ?? metric.description };
  if (keeps === undefined) return { ...metric, ...head };
  if (metric.kind === "histogram") return { ...metric, ...head, points: merged(metric.points, keeps, addHistograms) };
  const join = metric.kind === "gauge" ? (_: NumberPoint, last: NumberPoint) => last : addNumbers;
  return { ...metric, ...head, points: merged(metric.points, keeps, join) };
}

function merged<Point extends { readonly attributes: Attributes }>(
  points: readonly Point[],
  keeps: (key: string) => boolean,
  join: (one: Point, other: Point) => Point,
): readonly Point[] {
  const byKey = new Map<string, Point>();
  for (const point of points) {
    const attributes = keptOf(point.attributes, keeps);
    const key = seriesKey(attributes);
    const known = byKey.get(key);
    byKey.set(key, { ...(known === undefined ? point : join(known, point)), attributes });
  }
  return [...byKey.values()];
}

/** What says that series had no room is kept, whatever a view keeps. */
function keptOf(attributes: Attributes, keeps: (key: string) => boolean): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key === "otel.metric.overflow" || keeps(key)));
}

function addNumbers(one: NumberPoint, other: NumberPoint): NumberPoint {
  return { ...one, value: one.value + other.value, exemplars: latest(one, other) };
}

function addHistograms(one: HistogramPoint, other: HistogramPoint): HistogramPoint {
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
