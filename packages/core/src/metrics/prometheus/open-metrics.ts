import type { Attributes } from "../../model/attributes.ts";
import type { Exemplar, HistogramData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { type Family, familiesOf } from "./families.ts";
import { braced, escapeHelp, labels, numberText } from "./labels.ts";
import { unitOf } from "./prometheus-names.ts";

/** The media type of {@link openMetricsText}. */
export const openMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/**
 * A cumulative snapshot in the OpenMetrics text format 1.0: the same series under the same names as in the Prometheus text, with exemplars on the
 * buckets of histograms and on counters.
 *
 * Source: https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function openMetricsText(snapshot: MetricsSnapshot): string {
  const lines = [
    "# TYPE target info",
    "# HELP target Target metadata",
    `target_info${braced(labels(snapshot.resource.attributes))} 1`,
  ];
  const names = new Set(["target"]);
  for (const family of familiesOf(snapshot.scopes)) {
    // Without its suffix a counter may come to the name of another family, which there is once.
    const name = family.type === "counter" ? family.name.replace(/_total$/, "") : family.name;
    if (names.has(name)) continue;
    names.add(name);
    addFamily(lines, name, family);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

function addFamily(lines: string[], family: string, { name, type, help, metrics }: Family): void {
  lines.push(`# TYPE ${family} ${type}`);
  const unit = metrics[0] === undefined ? undefined : unitOf(metrics[0].metric);
  if (unit !== undefined && family.endsWith(`_${unit}`)) lines.push(`# UNIT ${family} ${unit}`);
  lines.push(`# HELP ${family} ${escapeHelp(help)}`);
  for (const { metric, scope } of metrics) {
    if (metric.kind === "histogram") addHistogram(lines, name, metric, scope);
    else if (metric.kind !== "exponential") addNumbers(lines, name, metric.points, { ...scope }, type === "counter");
  }
}

function addNumbers(
  lines: string[],
  name: string,
  points: readonly NumberPoint[],
  scope: Attributes,
  isCounter: boolean,
): void {
  for (const { attributes, value, exemplars } of points) {
    const example = isCounter ? exampleText(exemplars?.at(-1)) : "";
    lines.push(`${name}${braced(labels({ ...attributes, ...scope }))} ${numberText(value)}${example}`);
  }
}

function addHistogram(lines: string[], name: string, { boundaries, points }: HistogramData, scope: Attributes): void {
  for (const { attributes, counts, sum, count, exemplars = [] } of points) {
    const own = labels({ ...attributes, ...scope });
    const before = own === "" ? "" : `${own},`;
    let below = 0;
    let lower = -Infinity;
    for (const [bucket, upper] of [...boundaries, Infinity].entries()) {
      below += counts[bucket] ?? 0;
      const from = lower;
      const example = exemplars.find(({ value }) => value > from && value <= upper);
      lines.push(`${name}_bucket{${before}le="${numberText(upper)}"} ${below}${exampleText(example)}`);
      lower = upper;
    }
    lines.push(`${name}_sum${braced(own)} ${numberText(sum)}`, `${name}_count${braced(own)} ${count}`);
  }
}

/** At most 128 characters of labels are allowed; ids take 63. */
function exampleText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return "";
  const { traceId, spanId, value, timeMs } = exemplar;
  const ids = traceId === undefined ? "" : `trace_id="${traceId}",span_id="${spanId ?? ""}"`;
  return ` # {${ids}} ${numberText(value)} ${(timeMs / 1000).toFixed(3)}`;
}
