import type { HistogramData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { familiesOf, type FamilyRules, histogramNames } from "./families.ts";
import { braced, escapeHelp, labels, labelSet, numberText } from "./labels.ts";

/** The media type of {@link prometheusText}. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * A cumulative snapshot in the Prometheus text format 0.0.4, metrics and series in the order of the snapshot, the resource as `target_info`, the
 * scope of a metric as labels. No two lines are of the same series.
 *
 * As long as the snapshot has series.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and OpenTelemetry specification, Prometheus and OpenMetrics compatibility
 */
export function prometheusText(snapshot: MetricsSnapshot, untold: FamilyRules["untold"] = () => {}): string {
  const lines = [
    "# HELP target_info Target metadata",
    "# TYPE target_info gauge",
    `target_info${braced(labels(labelSet(snapshot.resource.attributes)))} 1`,
  ];
  for (const { name, type, help, metrics } of familiesOf(snapshot.scopes, {
    namesOf,
    taken: ["target_info"],
    untold,
  })) {
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`);
    for (const metric of metrics) {
      if (metric.kind === "histogram") addHistogram(lines, name, metric);
      else addNumbers(lines, name, metric.points);
    }
  }
  return `${lines.join("\n")}\n`;
}

const namesOf: FamilyRules["namesOf"] = (name, type) => (type === "histogram" ? histogramNames(name) : [name]);

function addNumbers(lines: string[], name: string, points: readonly NumberPoint[]): void {
  for (const { attributes, value } of points) {
    lines.push(`${name}${braced(labels(attributes))} ${numberText(value)}`);
  }
}

function addHistogram(lines: string[], name: string, { boundaries, points }: HistogramData): void {
  const bounds = [...boundaries.map(numberText), "+Inf"];
  for (const { attributes, counts, sum, count } of points) {
    const own = labels(attributes);
    const before = own === "" ? "" : `${own},`;
    let below = 0;
    for (const [bucket, bound] of bounds.entries()) {
      below += counts[bucket] ?? 0;
      lines.push(`${name}_bucket{${before}le="${bound}"} ${below}`);
    }
    lines.push(`${name}_sum${braced(own)} ${numberText(sum)}`, `${name}_count${braced(own)} ${count}`);
  }
}
