import type { Attributes, AttributeValue } from "../../model/attributes.ts";
import type { HistogramPoint, MetricData, MetricsSnapshot, NumberPoint } from "../../model/metric-data.ts";

export type StatsdFlavor = "dogstatsd" | "statsd" | "telegraf";

export interface StatsdForm {
  readonly flavor: StatsdFlavor;
  /** Before each name; empty for none. */
  readonly prefix: string;
  /** Of every entry. */
  readonly tags: Attributes;
  /** `short` are the usual ones for requests. */
  readonly tagNames: "conventions" | "short";
  readonly maxEntryBytes: number;
}

const shortNames: Readonly<Record<string, string>> = {
  "http.route": "endpoint",
  "http.request.method": "method",
  "http.response.status_group": "status_group",
};
const unifiedTags = [
  ["service", "service.name"],
  ["env", "deployment.environment.name"],
  ["version", "service.version"],
] as const;
const msASecond = 1_000;

/**
 * What a collection of deltas is as entries: counters as what they rose by, levels and gauges as they are, histograms as the values that were kept, with the
 * share that they are of all, and their exact count beside.
 *
 * Source: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/ (protocol 1.1), https://github.com/statsd/statsd/blob/master/docs/metric_types.md
 */
export function statsdEntries(snapshot: MetricsSnapshot, form: StatsdForm): string[] {
  const common = commonTags(snapshot.resource.attributes, form);
  return snapshot.scopes.flatMap(({ metrics }) =>
    metrics.flatMap((metric) => [...entriesOf(metric, { ...form, tags: common })]),
  );
}

function* entriesOf(metric: MetricData, form: StatsdForm): Iterable<string> {
  if (metric.kind === "histogram") {
    for (const point of metric.points) yield* histogramEntries(metric.name, metric.unit, point, form);
    return;
  }
  if (metric.kind === "exponential") {
    // Its values are not kept, and there is no entry for buckets.
    for (const { count, attributes } of metric.points) {
      yield entry(`${metric.name}.count`, [number(count)], "c", 1, attributes, form);
    }
    return;
  }
  const isCount = metric.kind === "sum" && metric.temporality === "delta";
  for (const point of metric.points) {
    if (isCount) yield entry(metric.name, [number(point.value)], "c", 1, point.attributes, form);
    else yield* gaugeEntries(metric.name, point, form);
  }
}

/** Plain StatsD takes a sign for a change: a level below nothing is said from nothing on. */
function* gaugeEntries(name: string, { value, attributes }: NumberPoint, form: StatsdForm): Iterable<string> {
  if (value < 0 && form.flavor !== "dogstatsd") yield entry(name, ["0"], "g", 1, attributes, form);
  yield entry(name, [number(value)], "g", 1, attributes, form);
}

function* histogramEntries(name: string, unit: string, point: HistogramPoint, form: StatsdForm): Iterable<string> {
  const { count, attributes, samples = [] } = point;
  yield entry(`${name}.count`, [number(count)], "c", 1, attributes, form);
  const isPacked = form.flavor === "dogstatsd";
  // Timings are in ms there; DogStatsD knows no unit, so a value is what was recorded.
  const scale = !isPacked && unit === "s" ? msASecond : 1;
  const values = samples.map((value) => number(value * scale));
  const rate = samples.length / count;
  const type = isPacked ? "d" : "ms";
  if (!isPacked) {
    for (const value of values) yield entry(name, [value], type, rate, attributes, form);
    return;
  }
  const headBytes = entry(name, [], type, rate, attributes, form).length;
  for (let from = 0; from < values.length;) {
    let bytes = headBytes;
    let to = from;
    while (to < values.length && (to === from || bytes + values[to]!.length < form.maxEntryBytes)) {
      bytes += values[to]!.length + 1;
      to++;
    }
    yield entry(name, values.slice(from, to), type, rate, attributes, form);
    from = to;
  }
}

/** Tags at the end, in the name, or as parts of the name. */
function entry(
  name: string,
  values: readonly string[],
  type: "c" | "g" | "d" | "ms",
  rate: number,
  attributes: Attributes,
  form: StatsdForm,
): string {
  const share = rate < 1 ? `|@${number(rate)}` : "";
  const cleaned = form.prefix + cleanName(name);
  const tags = [...tagsOf(attributes, form), ...(form.flavor === "statsd" ? [] : tagsOf(form.tags, form))];
  switch (form.flavor) {
    case "dogstatsd": {
      const list = tags.map(([key, value]) => `${key}:${value}`).join(",");
      return `${[cleaned, ...values].join(":")}|${type}${share}${list === "" ? "" : `|#${list}`}`;
    }
    case "telegraf":
      return `${[cleaned, ...tags.map(([key, value]) => `${key}=${value}`)].join(",")}:${values.join(":")}|${type}${share}`;
    case "statsd":
      return `${[cleaned, ...tags.map(([, value]) => cleanName(value).replaceAll(".", "_"))].join(".")}:${values.join(":")}|${type}${share}`;
  }
}

function tagsOf(attributes: Attributes, { tagNames, flavor }: StatsdForm): [string, string][] {
  return Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || name === "") return [];
    const key = tagNames === "short" ? (shortNames[name] ?? name) : name;
    return [[cleanTag(key, flavor).replaceAll(":", "_"), cleanTag(valueText(value), flavor)]];
  });
}

function commonTags(resource: Attributes, { flavor, tags }: StatsdForm): Attributes {
  if (flavor === "statsd") return {};
  const unified = unifiedTags.flatMap(([tag, attribute]) =>
    resource[attribute] === undefined ? [] : [[tag, resource[attribute]] as const],
  );
  return { ...Object.fromEntries(unified), ...tags };
}

function cleanName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.]/g, "_");
}

/** What ends a tag, a list of them or an entry. Telegraf's tags stand in the name, where more does. */
function cleanTag(text: string, flavor: StatsdFlavor): string {
  const cleaned = text.replaceAll(/[,|#\r\n\u2028\u2029]/g, "_");
  return flavor === "telegraf" ? cleaned.replaceAll(/[=:\s]/g, "_") : cleaned;
}

function valueText(value: AttributeValue): string {
  return typeof value === "object" ? value.join(";") : String(value);
}

/** Whole numbers as they are, others in six digits; never with an exponent, which not every server reads. */
function number(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const short = Number(value.toPrecision(6));
  const text = String(short);
  if (!text.includes("e")) return text;
  return Math.abs(short) > 1 ? String(BigInt(short)) : short.toFixed(12).replace(/\.?0+$/, "");
}
