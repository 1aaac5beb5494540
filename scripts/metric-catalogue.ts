import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  kindOfOwn,
  ownMetric,
  type OwnMetricName,
  ownMetricNames,
} from "../packages/core/src/metrics/catalogue/own-metrics.ts";
import { familyName, labelName } from "../packages/core/src/metrics/prometheus/prometheus-names.ts";
import { markdownTable } from "./markdown-table.ts";

const source = join(import.meta.dirname, "..", "packages", "core", "src", "metrics", "catalogue", "own-metrics.ts");

/** One metric that Gossamer tells, as core registers it. */
export interface CataloguedMetric {
  readonly name: OwnMetricName;
  readonly group: string;
  readonly kind: ReturnType<typeof kindOfOwn>;
  readonly unit: string;
  readonly description: string;
  /** Keys that tell its series apart. */
  readonly attributes: readonly string[];
  /** The name of its family in the Prometheus text. */
  readonly family: string;
  /** The names of its series there. */
  readonly series: readonly string[];
  readonly labels: readonly string[];
}

/** All of them, in the order of their groups. */
export const metricCatalogue: readonly CataloguedMetric[] = readCatalogue(readFileSync(source, "utf8"));

function readCatalogue(text: string): CataloguedMetric[] {
  const said = new Map<string, { readonly group: string; readonly attributes: string }>();
  let group = "";
  for (const [, heading, attributes = "", name = ""] of text.matchAll(
    /^ {2}(?:\/\/ (.+)|\/\*\* @attributes (.+) \*\/\n {2}"([\w.]+)":)/gm,
  )) {
    if (heading === undefined) said.set(name, { group, attributes });
    else group = heading;
  }
  const attributesOf = (name: string): readonly string[] => {
    const { attributes } = said.get(name) ?? { attributes: "" };
    if (attributes === "") throw new Error(`The metric ${name} has no @attributes.`);
    const [, other] = /^as ([\w.]+)$/.exec(attributes) ?? [];
    if (other !== undefined) return attributesOf(other);
    return attributes === "none" ? [] : attributes.split(", ");
  };
  return ownMetricNames().map((name) => {
    const { unit, description } = ownMetric(name);
    const kind = kindOfOwn(name);
    const attributes = attributesOf(name);
    const family = familyOf(name, kind, unit);
    return {
      name,
      group: said.get(name)?.group ?? "",
      kind,
      unit,
      description,
      attributes,
      family,
      series: kind === "histogram" ? ["bucket", "sum", "count"].map((end) => `${family}_${end}`) : [family],
      labels: [...attributes.map(labelName), ...(kind === "histogram" ? ["le"] : [])],
    };
  });
}

function familyOf(name: string, kind: CataloguedMetric["kind"], unit: string): string {
  const head = { name, unit, description: "", startMs: 0 } as const;
  if (kind === "histogram") {
    return familyName({ ...head, kind, temporality: "cumulative", boundaries: [], points: [] });
  }
  if (kind === "gauge") return familyName({ ...head, kind, valueType: "double", points: [] });
  const monotonic = kind === "counter";
  return familyName({ ...head, kind: "sum", monotonic, valueType: "int", temporality: "cumulative", points: [] });
}

/** The reference page of the metrics. */
export function metricsPage(): string {
  const groups = [...new Set(metricCatalogue.map(({ group }) => group))];
  const httpAttributes = metricCatalogue.find(({ name }) => name === "http.server.request.duration")?.attributes ?? [];
  return [
    "# Every metric\n",
    "Written by `pnpm generate` from `metrics/catalogue/own-metrics.ts`, from which the code registers them. [metrics.md](metrics.md) says how they are told, and how to have your own; [dashboards.md](dashboards.md) has boards and alerts made of them.\n",
    "A **counter** only rises, a **level** may fall. The second name is that in the Prometheus text; a histogram has it with `_bucket`, `_sum` and `_count`. Units are UCUM.\n",
    `*as requests*: ${httpAttributes.map((key) => `\`${key}\``).join(", ")}, each where it is known; the status as \`metricStatus\` says, and names of [operations](operations.md) where they are given.\n`,
    ...groups.flatMap((group) => [
      `## ${group}\n`,
      markdownTable(
        ["metric", "kind", "unit", "attributes", "what it says"],
        metricCatalogue
          .filter((metric) => metric.group === group)
          .map(({ name, family, kind, unit, attributes, description }) => [
            `\`${name}\` \`${family}\``,
            kind,
            `\`${unit}\``,
            attributes.length === httpAttributes.length
              ? "*as requests*"
              : attributes.map((key) => `\`${key}\``).join(", "),
            description,
          ]),
      ),
      "",
    ]),
  ].join("\n");
}
