import type { Exemplar, HistogramData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { type Family, familiesOf, type FamilyRules, histogramNames } from "./families.ts";
import { braced, escapeHelp, labels, labelSet, numberText } from "./labels.ts";
import { unitOf } from "./prometheus-names.ts";

/** The media type of {@link openMetricsText}. */
export const openMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/**
 * A cumulative snapshot in the OpenMetrics text format 1.0: the same series under the same names as in the Prometheus text, with exemplars on the
 * buckets of histograms and on counters.
 *
 * Source: https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function openMetricsText(snapshot: MetricsSnapshot, untold: FamilyRules["untold"] = () => {}): string {
  const lines = [
    "# TYPE target info",
    "# HELP target Target metadata",
    `target_info${braced(labels(labelSet(snapshot.resource.attributes)))} 1`,
  ];
  for (const family of familiesOf(snapshot.scopes, { namesOf, taken: ["target", "target_info"], untold })) {
    addFamily(lines, family);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

/** A counter has its suffix on its series alone; `…_created` is kept free by the format. */
const namesOf: FamilyRules["namesOf"] = (name, type) => {
  if (type === "gauge") return [name];
  if (type === "histogram") return [...histogramNames(name), `${name}_created`];
  const base = withoutTotal(name);
  return [name, base, `${base}_created`];
};

function withoutTotal(name: string): string {
  return name.replace(/_total$/, "");
}

function addFamily(lines: string[], { name, type, help, metrics }: Family): void {
  const family = type === "counter" ? withoutTotal(name) : name;
  lines.push(`# TYPE ${family} ${type}`);
  const unit = metrics[0] === undefined ? undefined : unitOf(metrics[0]);
  if (unit !== undefined && family.endsWith(`_${unit}`)) lines.push(`# UNIT ${family} ${unit}`);
  lines.push(`# HELP ${family} ${escapeHelp(help)}`);
  for (const metric of metrics) {
    if (metric.kind === "histogram") addHistogram(lines, name, metric);
    else addNumbers(lines, name, metric.points, type === "counter");
  }
}

function addNumbers(lines: string[], name: string, points: readonly NumberPoint[], isCounter: boolean): void {
  for (const { attributes, value, exemplars } of points) {
    const example = isCounter ? exampleText(exemplars?.at(-1)) : "";
    lines.push(`${name}${braced(labels(attributes))} ${numberText(value)}${example}`);
  }
}

function addHistogram(lines: string[], name: string, { boundaries, points }: HistogramData): void {
  for (const { attributes, counts, sum, count, exemplars = [] } of points) {
    const own = labels(attributes);
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
