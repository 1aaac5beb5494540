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

/** One metric that Gossamer exports, as core registers it. */
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
    "`pnpm generate` writes this page from `metrics/catalogue/own-metrics.ts`, the file from which the code registers the metrics. [metrics.md](metrics.md) explains how they are exported and how to add your own; [dashboards.md](dashboards.md) has dashboards and alerts that use them.\n",
    "A **counter** only goes up; a **level** (OpenTelemetry's UpDownCounter) can also go down; a **gauge** is a current value. The second name is the one in the Prometheus text; for histograms, append `_bucket`, `_sum` or `_count`. Units follow UCUM.\n",
    "For a stream, `http.server.request.duration` is the time to the headers, and a client that leaves it has not aborted the request; [what counts as a stream](express.md#what-counts-as-a-stream) does not include every piped response. A *lane* is a queue with batches of its own ([options.md](options.md#errorslane)); the *governor* reduces telemetry when it costs too much, and the *optimizer* changes its settings ([overhead.md](overhead.md)).\n",
    `*as requests*: ${httpAttributes.map((key) => `\`${key}\``).join(", ")}, each only if known. The option \`statusAttribute\` chooses between status group and status code; operation attributes appear if you name [operations](operations.md).\n`,
    ...groups.flatMap((group) => [
      `## ${group}\n`,
      markdownTable(
        ["metric", "kind", "unit", "attributes", "meaning"],
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
