import type { Attributes, AttributeValue } from "../../model/attributes.ts";
import type { HistogramData, MetricData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";
import { ownScopeName, type Scope } from "../../model/scope.ts";
import { familyName, labelName } from "./prometheus-names.ts";

/** The media type of {@link prometheusText}. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/** Of all scopes, what comes to one name. */
interface Family {
  readonly name: string;
  readonly type: "histogram" | "counter" | "gauge";
  readonly help: string;
  /** Each with the labels of its scope. */
  readonly metrics: { readonly metric: MetricData; readonly scope: Attributes }[];
}

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
      else addNumbers(lines, name, metric.points, scope);
    }
  }
  return `${lines.join("\n")}\n`;
}

function familiesOf(scopes: MetricsSnapshot["scopes"]): Iterable<Family> {
  const families = new Map<string, Family>();
  for (const { scope, metrics } of scopes) {
    const labelled = scopeLabels(scope);
    for (const metric of metrics) {
      const name = familyName(metric);
      if (metric.points.length === 0 || name === "target_info") continue;
      const type = familyType(metric);
      const family = families.get(name);
      if (family === undefined) {
        families.set(name, { name, type, help: metric.description, metrics: [{ metric, scope: labelled }] });
      } else if (family.type === type && family.metrics.every((other) => other.scope !== labelled)) {
        family.metrics.push({ metric, scope: labelled });
      }
    }
  }
  return families.values();
}

const noLabels: Attributes = Object.freeze({});

/**
 * Those that are empty are left out: to Prometheus that is the same. The engine's own metrics have none: what serves the text is known, and each
 * label would be on all of its series.
 */
function scopeLabels({ name, version, schemaUrl }: Scope): Attributes {
  if (name === ownScopeName) return noLabels;
  return {
    otel_scope_name: name === "" ? undefined : name,
    otel_scope_version: version === "" ? undefined : version,
    otel_scope_schema_url: schemaUrl,
  };
}

function targetInfo(attributes: Attributes): string[] {
  return [
    "# HELP target_info Target metadata",
    "# TYPE target_info gauge",
    `target_info${braced(labels(attributes))} 1`,
  ];
}

/** A sum that may fall is a gauge here. */
function familyType(metric: MetricData): Family["type"] {
  if (metric.kind === "histogram") return "histogram";
  return metric.kind === "sum" && metric.monotonic ? "counter" : "gauge";
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
