import type { MetricData } from "../../model/metric-data.ts";

/** UCUM units by the words Prometheus uses. Source: OpenTelemetry specification, Prometheus and OpenMetrics compatibility. */
const unitWords = new Map([
  ["d", "days"],
  ["h", "hours"],
  ["min", "minutes"],
  ["s", "seconds"],
  ["ms", "milliseconds"],
  ["us", "microseconds"],
  ["ns", "nanoseconds"],
  ["By", "bytes"],
  ["KiBy", "kibibytes"],
  ["MiBy", "mebibytes"],
  ["GiBy", "gibibytes"],
  ["KBy", "kilobytes"],
  ["MBy", "megabytes"],
  ["GBy", "gigabytes"],
  ["m", "meters"],
  ["V", "volts"],
  ["A", "amperes"],
  ["J", "joules"],
  ["W", "watts"],
  ["g", "grams"],
  ["Cel", "celsius"],
  ["Hz", "hertz"],
  ["%", "percent"],
]);

const unitWordsPer = new Map([
  ["s", "second"],
  ["min", "minute"],
  ["h", "hour"],
  ["d", "day"],
]);

/** The name of a metric's family: its words joined with `_`, then the unit, then `total` when it only rises. */
export function familyName(metric: MetricData): string {
  const rises = metric.kind === "sum" && metric.monotonic;
  const words = metric.name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== "");
  if (rises && words.at(-1) === "total") words.pop();
  for (const word of unitSuffix(metric)) if (!words.includes(word)) words.push(word);
  if (rises) words.push("total");
  const name = words.join("_");
  return /^[a-zA-Z]/.test(name) ? name : `_${name}`;
}

/** The unit that a family's name ends with; undefined for none. */
export function unitOf(metric: MetricData): string | undefined {
  const words = unitSuffix(metric);
  return words.length === 0 ? undefined : words.join("_");
}

/** Annotations in braces are no unit; 1 is a ratio for a gauge and nothing for a count. */
function unitSuffix({ unit, kind }: MetricData): string[] {
  if (unit === "1") return kind === "gauge" ? ["ratio"] : [];
  const [main = "", per = ""] = unit.replaceAll(/\{[^{}]*\}/g, "").split("/");
  const suffix = [unitWords.get(main) ?? main];
  if (per !== "") suffix.push("per", unitWordsPer.get(per) ?? per);
  return suffix.map((word) => word.replaceAll(/[^a-zA-Z0-9]+/g, "")).filter((word) => word !== "");
}

/** The name of a label: what Prometheus does not allow in it becomes `_`. */
export function labelName(key: string): string {
  const name = key.replaceAll(/[^a-zA-Z0-9]+/g, "_");
  return /^[a-zA-Z]/.test(name) ? name : `key_${name.replace(/^_/, "")}`;
}
