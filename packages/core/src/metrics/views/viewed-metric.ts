import type { Attributes } from "../../model/attributes.ts";
import type { MetricData } from "../../model/metric-data.ts";
import { withAttributes } from "../cells/add-points.ts";
import type { ViewedStream } from "./views.ts";

/** A metric as a view wants it told, for one whose series are kept already: those that its attributes no longer tell apart are one. */
export function viewedMetric(metric: MetricData, { name, description, keeps }: ViewedStream): MetricData {
  const named = { ...metric, name, description: description ?? metric.description };
  // The engine makes no exponential ones.
  if (keeps === undefined || named.kind === "exponential") return named;
  return withAttributes(named, (attributes) => keptOf(attributes, keeps));
}

/** What says that series had no room is kept, whatever a view keeps. */
function keptOf(attributes: Attributes, keeps: (key: string) => boolean): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key === "otel.metric.overflow" || keeps(key)));
}
