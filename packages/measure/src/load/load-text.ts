import { type AxisPanel, axisPlot } from "../report/axis-plot.ts";
import { estimateText, numberText, table } from "../report/table.ts";
import { bootstrap, type Estimate, median } from "../statistics/bootstrap.ts";
import type { LoadComparison } from "./compare-loads.ts";
import { type LoadCell, type LoadReport, type LoadRound, withoutTelemetry } from "./load-report.ts";

/** What tracez, a tracer in Rust, publishes of itself: another language, other machines, and spans that nobody was sent. */
const published =
  "tracez publishes 1.84 million on one thread and 3.92 million on several, in Rust, without sending them";

/** A report as tables. */
export function loadText(report: LoadReport): string {
  const { cells, burst, threads, machine, commit } = report;
  const rows = cells.map(({ name, rounds }) => [
    name,
    estimateText(figureOf(rounds, "cpuMicros")),
    estimateText(figureOf(rounds, "p50Micros")),
    estimateText(figureOf(rounds, "p95Micros")),
    whole(total(rounds, "exportedSpans")),
    whole(total(rounds, "lostSpans")),
    numberText(median(rounds.map(({ rssBytes }) => rssBytes)) / 2 ** 20),
  ]);
  return [
    table(["", "CPU µs a request", "p50 µs", "p95 µs", "spans", "lost", "RSS MiB"], rows),
    "",
    `${whole(burst.spans)} spans at once: ${whole(burst.spansPerSecond)} a second made, ${whole(burst.deliveredPerSecond)} delivered, ${whole(burst.lost)} lost.`,
    `${threads.threads} threads: ${whole(threads.spansPerSecond)} spans a second, ${whole(threads.lost)} beyond what the queue holds. ${published}.`,
    `${machine.cpu}, ${machine.cores} CPUs, Node ${machine.node}, load ${machine.loadAverage.join(" ")}, commit ${commit ?? "unknown"}.`,
  ].join("\n");
}

/** A panel a ratio: what is added to a request by batch. */
export function loadPlot(report: LoadReport): string {
  const off = report.cells.find(({ name }) => name === withoutTelemetry);
  const panels = report.settings.ratios.map((ratio): AxisPanel => {
    const cells = report.cells.filter((cell) => cell.ratio === ratio);
    return {
      title: `ratio ${ratio}: added by spans a batch`,
      places: cells.map((cell) => ({ amount: cell.batch ?? 0, measured: added(cell, off) })),
    };
  });
  return axisPlot(
    panels,
    "CPU that telemetry adds to a request, by sampling ratio and batch",
    `${report.machine.cpu}, Node ${report.machine.node}, ${report.measuredAt.slice(0, 10)}, commit ${report.commit?.slice(0, 8) ?? "unknown"}; upright: 95 % intervals`,
  );
}

const endings: { readonly [Outcome in LoadComparison["outcome"]]: string } = {
  green: "No budget is red.",
  red: "A budget is red.",
  "not judged": "No budget is red, but not everything was judged.",
};

/** A comparison as a table, with what is red below. */
export function comparisonText({ changes, losses, unpaired, outcome }: LoadComparison): string {
  const rows = changes.map(({ cell, figure, times, verdict }) => [
    cell,
    figure === "cpuMicros" ? "CPU" : "p95",
    `× ${estimateText(times)}`,
    verdict,
  ]);
  return [
    table(["", "figure", "times what it was", "verdict"], rows),
    "",
    ...losses.map(({ cell, lost }) => `${cell}: ${whole(lost)} spans lost`),
    ...(unpaired.length === 0 ? [] : [`Not in both: ${unpaired.join("; ")}`]),
    endings[outcome],
  ].join("\n");
}

/** Paired by round: both were started in each. */
function added(cell: LoadCell, off: LoadCell | undefined): Estimate {
  return bootstrap(cell.rounds.length, (chosen) =>
    median(chosen.map((i) => (cell.rounds[i]?.cpuMicros ?? 0) - (off?.rounds[i]?.cpuMicros ?? 0))),
  );
}

function figureOf(rounds: readonly LoadRound[], figure: "cpuMicros" | "p50Micros" | "p95Micros"): Estimate {
  return bootstrap(rounds.length, (chosen) => median(chosen.map((i) => rounds[i]?.[figure] ?? Number.NaN)));
}

function total(rounds: readonly LoadRound[], figure: "exportedSpans" | "lostSpans"): number {
  return rounds.reduce((sum, round) => sum + round[figure], 0);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
