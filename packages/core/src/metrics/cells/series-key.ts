import type { Attributes, AttributeValue } from "../../model/attributes.ts";

/** What the series is told by that holds all that found no room. Source: OpenTelemetry specification, cardinality limits. */
export const overflowAttributes: Attributes = Object.freeze({ "otel.metric.overflow": true });

/** One text for one set of attributes, in whatever order they come. */
export function seriesKey(attributes: Attributes): string {
  return JSON.stringify(
    Object.entries(attributes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, written(value)]),
  );
}

/** JSON has no text for the numbers that are not finite. */
function written(value: AttributeValue | undefined): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}
