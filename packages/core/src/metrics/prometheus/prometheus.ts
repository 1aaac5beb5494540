import type { Attributes, AttributeValue } from "../../model/attributes.ts";
import type { HistogramData, MetricData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { familyName, labelName } from "./prometheus-names.ts";

/** The media type of {@link prometheusText}. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * A cumulative snapshot in the Prometheus text format 0.0.4, metrics and series in the order of the snapshot, the resource as `target_info`.
 *
 * As long as the snapshot has series. Of two metrics that come to the same name only the first is said.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(snapshot: MetricsSnapshot): string {
  const lines = targetInfo(snapshot.resource.attributes);
  const names = new Set(["target_info"]);
  for (const metric of snapshot.scopes.flatMap(({ metrics }) => metrics)) {
    const name = familyName(metric);
    if (metric.points.length === 0 || names.has(name)) continue;
    names.add(name);
    lines.push(`# HELP ${name} ${escapeHelp(metric.description)}`, `# TYPE ${name} ${familyType(metric)}`);
    if (metric.kind === "histogram") addHistogram(lines, name, metric);
    else addNumbers(lines, name, metric.points);
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

/** A sum that may fall is a gauge here. */
function familyType(metric: MetricData): "histogram" | "counter" | "gauge" {
  if (metric.kind === "histogram") return "histogram";
  return metric.kind === "sum" && metric.monotonic ? "counter" : "gauge";
}

function addNumbers(lines: string[], name: string, points: readonly NumberPoint[]): void {
  for (const { attributes, value } of points) lines.push(`${name}${braced(labels(attributes))} ${numberText(value)}`);
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

/** Keys that come to the same label have their values joined with `;`, as the OpenTelemetry specification has it. */
function labels(attributes: Attributes): string {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const name = labelName(key);
    const text = escapeLabel(valueText(value));
    const other = values.get(name);
    values.set(name, other === undefined ? text : `${other};${text}`);
  }
  return Array.from(values, ([name, text]) => `${name}="${text}"`).join(",");
}

function braced(text: string): string {
  return text === "" ? "" : `{${text}}`;
}

function valueText(value: AttributeValue): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
