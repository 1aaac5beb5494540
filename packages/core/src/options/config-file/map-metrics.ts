import type { MetricView, ViewedType } from "../../model/filters/metric-view.ts";
import type { SignalVariables } from "../variables/variable-reading.ts";
import type { ConfigLayer } from "./config-layer.ts";
import type { ConfigNode } from "./config-node.ts";
import { mapExporter, noExport } from "./map-exporter.ts";

const exemplars = { always_on: "all", always_off: "none", trace_based: "traced" } as const;

/** The meter provider: its first reader that exports by OTLP, views and exemplars. Without one nothing is counted, as the schema says. */
export function mapMetrics(node: ConfigNode | undefined, layer: ConfigLayer): SignalVariables {
  layer.put("metrics", node !== undefined, "meter_provider");
  if (node === undefined) return noExport;
  let found: SignalVariables | undefined;
  for (const reader of node.nodes("readers") ?? []) {
    const periodic = found === undefined ? reader.node("periodic") : undefined;
    found ??= periodic && mapReader(periodic, layer);
    if (periodic === undefined || found === undefined) reader.note(reader.place);
    else reader.end();
  }
  const views = node.nodes("views")?.flatMap(mapView);
  layer.put("views", views, node.at("views"));
  const filter = node.word("exemplar_filter", ["always_on", "always_off", "trace_based"]);
  layer.put("exemplars", filter && exemplars[filter], node.at("exemplar_filter"));
  node.end();
  return found ?? noExport;
}

function mapReader(node: ConfigNode, layer: ConfigLayer): SignalVariables | undefined {
  layer.put("metricIntervalMs", node.number("interval"), node.at("interval"));
  layer.put("metricTimeoutMs", node.number("timeout") || undefined, node.at("timeout"));
  const cardinality = node.node("cardinality_limits");
  layer.put("maxSeries", cardinality?.number("default"), `${node.place}.cardinality_limits.default`);
  cardinality?.end();
  const exporter = node.node("exporter");
  const read = exporter && mapExporter(exporter, "metrics", layer);
  const otlp = exporter?.node("otlp_http") ?? exporter?.node("otlp_grpc");
  const temporality = otlp?.word("temporality_preference", ["cumulative", "delta", "low_memory"]);
  layer.put("temporality", temporality === "low_memory" ? "delta" : temporality, node.place);
  for (const part of [otlp, exporter, node]) part?.end();
  return read;
}

const aggregations = {
  drop: "drop",
  sum: "sum",
  last_value: "last-value",
  explicit_bucket_histogram: "histogram",
  base2_exponential_bucket_histogram: "exponential",
} as const;

/** A view that asks for more than ours can is left out: it would tell of other instruments than are meant. */
function mapView(node: ConfigNode): MetricView[] {
  const view = present({ ...mapSelector(node.node("selector")), ...mapStream(node.node("stream")) });
  node.end();
  const { instrument, meter, keep = [], remove = [] } = view;
  const isOurs = ![instrument, meter, ...keep, ...remove].some((text) => text?.includes("?"));
  const asksMore = moreOfSelectors.some((name) => node.node("selector")?.text(name) !== undefined);
  if (isOurs && !asksMore) return [view];
  node.note(node.place);
  return [];
}

const moreOfSelectors = ["meter_version", "meter_schema_url"] as const;

type Parts<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

function mapSelector(node: ConfigNode | undefined): Parts<MetricView> {
  for (const name of moreOfSelectors) node?.has(name);
  const read = {
    instrument: node?.text("instrument_name"),
    type: node?.text("instrument_type")?.replaceAll("_", "-") as ViewedType | undefined,
    unit: node?.text("unit"),
    meter: node?.text("meter_name"),
  };
  node?.end();
  return read;
}

function mapStream(node: ConfigNode | undefined): Parts<MetricView> {
  const keys = node?.node("attribute_keys");
  const read = {
    name: node?.text("name"),
    description: node?.text("description"),
    maxSeries: node?.number("aggregation_cardinality_limit"),
    keep: keys?.texts("included"),
    remove: keys?.texts("excluded"),
    ...mapAggregation(node?.node("aggregation")),
  };
  keys?.end();
  node?.end();
  return read;
}

function present<T extends object>(parts: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}

function mapAggregation(node: ConfigNode | undefined): Pick<MetricView, "aggregation" | "boundaries"> {
  if (node === undefined) return {};
  for (const [name, aggregation] of Object.entries(aggregations)) {
    const given = node.node(name);
    if (given === undefined) continue;
    const boundaries = name === "explicit_bucket_histogram" ? given.value("boundaries") : undefined;
    given.end();
    node.end();
    return { aggregation, ...(boundaries === undefined ? {} : { boundaries: boundaries as readonly number[] }) };
  }
  node.has("default");
  node.end();
  return {};
}
