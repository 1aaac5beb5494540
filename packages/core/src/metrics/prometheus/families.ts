import type { Attributes } from "../../model/attributes.ts";
import type { MetricData, MetricsSnapshot } from "../../model/metric-data.ts";
import { ownScopeName, type Scope } from "../../model/scope.ts";
import { familyName } from "./prometheus-names.ts";

/** Of all scopes, what comes to one name. */
export interface Family {
  readonly name: string;
  readonly type: "histogram" | "counter" | "gauge";
  readonly help: string;
  /** Each with the labels of its scope. */
  readonly metrics: { readonly metric: MetricData; readonly scope: Attributes }[];
}

/**
 * Metrics of several scopes that come to one name are one family, whose help is that of the first; of two in one scope, or of another type, only the
 * first is said.
 */
export function familiesOf(scopes: MetricsSnapshot["scopes"]): Iterable<Family> {
  const families = new Map<string, Family>();
  for (const { scope, metrics } of scopes) {
    const labelled = scopeLabels(scope);
    for (const metric of metrics) {
      const name = familyName(metric);
      // The text has no form for histograms whose buckets grow.
      if (metric.points.length === 0 || name === "target_info" || metric.kind === "exponential") continue;
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

/** A sum that may fall is a gauge here. */
function familyType(metric: MetricData): Family["type"] {
  if (metric.kind === "histogram") return "histogram";
  return metric.kind === "sum" && metric.monotonic ? "counter" : "gauge";
}
