import { bareNames } from "../configuration.ts";
import { wrongOption } from "../measure-options.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import type { AnyReport, ConfigurationsReport, Difference, OverheadReport, Summary } from "./report.ts";
import { estimateText, numberText, table } from "./table.ts";

const mebibyte = 1_048_576;

/** The report as text for a terminal: medians with their 95 % intervals, each difference with its verdict. */
export function toTable(report: OverheadReport | ConfigurationsReport): string {
  const { kind } = Object(report) as { readonly kind?: unknown };
  if (kind !== "overhead" && kind !== "configurations")
    throw wrongOption("report", "a report of a measurement", report);
  const blocks = report.kind === "overhead" ? overhead(report) : ranking(report);
  return [...blocks, foot(report)].join("\n\n");
}

function overhead(report: OverheadReport): string[] {
  const { bare, observed, added, parts, control } = report;
  const rows = rowsOf(added).map(([name, unit, difference], i) => {
    const at = (summary: Summary<Estimate>): string => cell(rowsOf(summary)[i]?.[2], unit);
    return [name, at(bare), at(observed), cell(difference, unit), difference.verdict];
  });
  const blocks = [headline(report), table(["", "bare", "with telemetry", "added", "that is"], rows)];
  if (parts.length > 0) {
    const lines = parts.map(({ name, addedMicros }) => [name, estimateText(addedMicros), addedMicros.verdict]);
    blocks.push(
      table(
        ["part", "added µs of CPU", "that is"],
        [
          ...lines,
          ["all of it", estimateText(added.cpuMicros), added.cpuMicros.verdict],
          [bareNames.again, estimateText(control.cpuMicros), ""],
        ],
      ),
    );
  }
  blocks.push(
    `One export of metrics takes ${numberText(report.metricExportMicros.value)} µs of CPU; it is in no number above.`,
  );
  return blocks;
}

function headline({ verdict, overheadPercent, latencySharePercent, added }: OverheadReport): string {
  const cost = `${estimateText(added.cpuMicros)} µs of CPU a request: ${estimateText(overheadPercent)} % of the bare request's CPU, ${estimateText(latencySharePercent)} % of its time`;
  switch (verdict) {
    case "more":
      return `Telemetry adds ${cost}.`;
    case "less":
      return `With telemetry it is cheaper, by ${cost}. Telemetry does not do that: look for what else differs.`;
    case "not measurable":
      return `Telemetry adds nothing that could be measured here: ${cost}.`;
    case "too few rounds":
      return `Too few rounds to say whether that is more than noise: ${cost}.`;
  }
}

function ranking({ bare, control, ranked }: ConfigurationsReport): string[] {
  const micros = (value: Estimate): string => estimateText(value);
  const rows = ranked.map(({ rank, name, added, overheadPercent, timesCheapest, cost }) => [
    `${rank}. ${name}`,
    micros(added.cpuMicros),
    added.cpuMicros.verdict,
    timesCheapest === undefined ? "" : `${numberText(timesCheapest.value)} ×`,
    estimateText(overheadPercent),
    ...[cost.latencyMicros.mean, cost.latencyMicros.p50, cost.latencyMicros.p95, cost.latencyMicros.p99].map(
      (estimate) => numberText(estimate.value),
    ),
    numberText(added.heapBytes.value / mebibyte),
  ]);
  const bareRow = (name: string, micro: string): string[] => [
    name,
    micro,
    "",
    "",
    "",
    ...[bare.latencyMicros.mean, bare.latencyMicros.p50, bare.latencyMicros.p95, bare.latencyMicros.p99].map(
      (estimate) => (name === bareNames.bare ? numberText(estimate.value) : ""),
    ),
    "",
  ];
  const head = [
    "",
    "added µs of CPU",
    "that is",
    "× first",
    "% of bare",
    "mean µs",
    "p50",
    "p95",
    "p99",
    "added heap MB",
  ];
  return [
    `The cheapest first; a bare request takes ${estimateText(bare.cpuMicros)} µs of CPU.`,
    table(head, [...rows, bareRow(bareNames.bare, ""), bareRow(bareNames.again, micros(control.cpuMicros))]),
  ];
}

type Unit = "µs" | "MB";

function rowsOf<T extends Estimate | Difference>(summary: Summary<T>): (readonly [string, Unit, T])[] {
  const { cpuMicros, latencyMicros, heapBytes, rssBytes } = summary;
  return [
    ["CPU a request, µs", "µs", cpuMicros],
    ["latency, mean, µs", "µs", latencyMicros.mean],
    ["latency, p50, µs", "µs", latencyMicros.p50],
    ["latency, p95, µs", "µs", latencyMicros.p95],
    ["latency, p99, µs", "µs", latencyMicros.p99],
    ["heap and buffers, MB", "MB", heapBytes],
    ...(rssBytes === undefined ? [] : [["RSS, MB", "MB", rssBytes] as const]),
  ];
}

function cell(estimate: Estimate | undefined, unit: Unit): string {
  if (estimate === undefined) return "";
  if (unit === "µs") return estimateText(estimate);
  const { value, low, high } = estimate;
  return estimateText({ value: value / mebibyte, low: low / mebibyte, high: high / mebibyte });
}

function foot({ notes, circumstances }: AnyReport): string {
  const { cpu, cores, node, loadAverage, processes, settings } = circumstances;
  return [
    ...notes.map((note) => `- ${note}`),
    `${cpu}, ${cores} cores, Node ${node}, load ${loadAverage.join(" ")}; ${processes}; ${settings.rounds} rounds of ${settings.slices} slices; medians with 95 % intervals.`,
  ].join("\n");
}
