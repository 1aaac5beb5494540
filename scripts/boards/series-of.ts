import type { OwnMetricName, OwnMetricOf } from "../../packages/core/src/metrics/catalogue/own-metrics.ts";
import { type CataloguedMetric, metricCatalogue } from "../metric-catalogue.ts";

const chosen = 'job=~"$job",instance=~"$instance"';

type NumberName = OwnMetricOf<"counter" | "level" | "gauge">;

/** The series of a metric in the catalogue, as a board's variables choose them. A name that is not there does not build. */
export function valueOf(name: NumberName, matchers = ""): string {
  return `${of(name).family}{${chosen}${matchers === "" ? "" : `,${matchers}`}}`;
}

/** By how much it rises a second. */
export function rateOf(name: OwnMetricOf<"counter">, matchers = ""): string {
  return `rate(${valueOf(name, matchers)}[$__rate_interval])`;
}

/** The same of a histogram's count, sum or buckets. */
export function histogramRateOf(
  name: OwnMetricOf<"histogram">,
  part: "count" | "sum" | "bucket",
  matchers = "",
): string {
  return `rate(${of(name).family}_${part}{${chosen}${matchers === "" ? "" : `,${matchers}`}}[$__rate_interval])`;
}

/** A quantile of a histogram, by further labels. */
export function quantileOf(q: number, name: OwnMetricOf<"histogram">, by = ""): string {
  return `histogram_quantile(${q}, sum by (${by === "" ? "le" : `le, ${by}`}) (${histogramRateOf(name, "bucket")}))`;
}

function of(name: OwnMetricName): CataloguedMetric {
  const known = metricCatalogue.find((metric) => metric.name === name);
  if (known === undefined) throw new Error(`No metric is called ${name}.`);
  return known;
}
