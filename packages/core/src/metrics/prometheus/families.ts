import type { ExponentialData, MetricData, MetricsSnapshot, UntoldMetric } from "../../model/metric-data.ts";
import { ownScopeName, type Scope } from "../../model/scope.ts";
import { withAttributes } from "../cells/add-points.ts";
import { labelSet } from "./labels.ts";
import { familyName } from "./prometheus-names.ts";

/** What the text has a form for: none for histograms whose buckets grow. */
type ToldMetric = Exclude<MetricData, ExponentialData>;

export type FamilyType = "histogram" | "counter" | "gauge";

/** Of all scopes, what comes to one name. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** Their attributes are labels, those of the scope among them, and no two series have the same. */
  readonly metrics: readonly ToldMetric[];
}

export interface FamilyRules {
  /** All names that a family takes, its series' first; no two families share any. */
  readonly namesOf: (name: string, type: FamilyType) => readonly string[];
  /** Names that are taken beforehand. */
  readonly taken: readonly string[];
  readonly untold: (metric: UntoldMetric) => void;
}

interface OpenFamily extends Family {
  readonly metrics: ToldMetric[];
  readonly scopes: Set<string>;
}

/**
 * Metrics of several scopes that come to one name are one family, whose help is that of the first. The first is told also of two in one scope, of
 * another type, or whose series would have the names of another family's.
 */
export function familiesOf(
  scopes: MetricsSnapshot["scopes"],
  { namesOf, taken, untold }: FamilyRules,
): readonly Family[] {
  const families = new Map<string, OpenFamily>();
  const names = new Set(taken);
  for (const { scope, metrics } of scopes) {
    const scopeSet = scopeLabels(scope);
    const scopeKey = JSON.stringify(scopeSet);
    for (const metric of metrics) {
      if (metric.points.length === 0 || metric.kind === "exponential") continue;
      const name = familyName(metric);
      const type = familyType(metric);
      let family = families.get(name);
      const own = namesOf(name, type);
      const isNew = family === undefined && !own.some((one) => names.has(one));
      if (isNew) {
        for (const one of own) names.add(one);
        family = { name, type, help: metric.description, metrics: [], scopes: new Set() };
        families.set(name, family);
      }
      if (family === undefined || family.type !== type || family.scopes.has(scopeKey)) {
        untold({ metric: metric.name, scope: scope.name, name });
        continue;
      }
      family.scopes.add(scopeKey);
      family.metrics.push(withAttributes(metric, (attributes) => ({ ...labelSet(attributes), ...scopeSet })));
    }
  }
  return [...families.values()];
}

/** The names of a histogram's series. */
export function histogramNames(name: string): readonly string[] {
  return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
}

/**
 * Those that are empty are left out: to Prometheus that is the same. The engine's own metrics have none: what serves the text is known, and each
 * label would be on all of its series.
 */
function scopeLabels({ name, version, schemaUrl }: Scope): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  if (name === ownScopeName) return labels;
  if (name !== "") labels["otel_scope_name"] = name;
  if (version !== undefined && version !== "") labels["otel_scope_version"] = version;
  if (schemaUrl !== undefined && schemaUrl !== "") labels["otel_scope_schema_url"] = schemaUrl;
  return labels;
}

/** A sum that may fall is a gauge here. */
function familyType(metric: ToldMetric): FamilyType {
  if (metric.kind === "histogram") return "histogram";
  return metric.kind === "sum" && metric.monotonic ? "counter" : "gauge";
}
