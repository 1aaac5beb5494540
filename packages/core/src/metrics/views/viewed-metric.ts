import type { Attributes } from "../../model/attributes.ts";
import type { MetricData, NumberPoint } from "../../model/metric-data.ts";
import { addHistograms, addNumbers } from "../cells/add-points.ts";
import { seriesKey } from "../cells/series-key.ts";
import type { ViewedStream } from "./views.ts";

/** A metric as a view wants it told, for one whose series are kept already: those that its attributes no longer tell apart are one. */
export function viewedMetric(metric: MetricData, { name, description, keeps }: ViewedStream): MetricData {
  const head = { name, description: description ?? metric.description };
  // The engine makes no exponential ones.
  if (keeps === undefined || metric.kind === "exponential") return { ...metric, ...head };
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
