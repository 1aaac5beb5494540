import type { Attributes } from "../../model/attributes.ts";
import type { HistogramData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { familiesOf } from "./families.ts";
import { braced, escapeHelp, labels, numberText } from "./labels.ts";

/** The media type of {@link prometheusText}. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * A cumulative snapshot in the Prometheus text format 0.0.4, metrics and series in the order of the snapshot, the resource as `target_info`, the
 * scope of a metric as labels.
 *
 * As long as the snapshot has series. Metrics of several scopes that come to one name are one family, whose help is that of the first; of two in one
 * scope, or of another type, only the first is said.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and OpenTelemetry specification, Prometheus and OpenMetrics compatibility
 */
export function prometheusText(snapshot: MetricsSnapshot): string {
  const lines = targetInfo(snapshot.resource.attributes);
  for (const { name, type, help, metrics } of familiesOf(snapshot.scopes)) {
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`);
    for (const { metric, scope } of metrics) {
      if (metric.kind === "histogram") addHistogram(lines, name, metric, scope);
      else if (metric.kind !== "exponential") addNumbers(lines, name, metric.points, scope);
    }
  }
  return `${lines.join("\n")}\n`;
}

function targetInfo(attributes: Attributes): string[] {
  return [
    "# HELP target_info Target metadata",
    "# TYPE target_info gauge",
    `target_info${braced(labels(attributes))} 1`,
  ];
}

function addNumbers(lines: string[], name: string, points: readonly NumberPoint[], scope: Attributes): void {
  for (const { attributes, value } of points) {
    lines.push(`${name}${braced(labels({ ...attributes, ...scope }))} ${numberText(value)}`);
  }
}

function addHistogram(lines: string[], name: string, { boundaries, points }: HistogramData, scope: Attributes): void {
  const bounds = [...boundaries.map(numberText), "+Inf"];
  for (const { attributes, counts, sum, count } of points) {
    const own = labels({ ...attributes, ...scope });
    const before = own === "" ? "" : `${own},`;
    let below = 0;
    for (const [bucket, bound] of bounds.entries()) {
      below += counts[bucket] ?? 0;
      lines.push(`${name}_bucket{${before}le="${bound}"} ${below}`);
    }
    lines.push(`${name}_sum${braced(own)} ${numberText(sum)}`, `${name}_count${braced(own)} ${count}`);
  }
}
