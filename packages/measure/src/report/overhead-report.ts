import { bareNames } from "../configuration.ts";
import type { Measured } from "../run-measurement.ts";
import { Comparison } from "../statistics/comparison.ts";
import type { PartStep } from "../subject/part-steps.ts";
import { notesOf } from "./notes.ts";
import type { OverheadReport } from "./report.ts";
import { percent, Summaries } from "./summarize.ts";

export interface OverheadParts extends Pick<Measured, "rounds" | "expected" | "circumstances"> {
  /** The rows of the whole telemetry. */
  readonly observed: string;
  readonly steps: readonly PartStep[];
}

/** Reads the report out of what was measured. */
export function overheadReport({ rounds, expected, circumstances, observed, steps }: OverheadParts): OverheadReport {
  const { seed } = circumstances.settings;
  const summaries = new Summaries(rounds, seed);
  const added = summaries.added(observed);
  const control = summaries.control();
  const read = (name: string, of: "cpuMicros" | "flushMicros" | "latency"): number[][] =>
    (rounds.get(name) ?? []).map((round) => [of === "latency" ? round.latencyMicros.mean : round[of]]);
  const times = new Comparison(
    new Map([
      ["bare", read(bareNames.bare, "cpuMicros")],
      ["observed", read(observed, "cpuMicros")],
      ["latency", read(bareNames.bare, "latency")],
      ["flush", read(observed, "flushMicros")],
    ]),
    seed,
  );
  return {
    kind: "overhead",
    verdict: added.cpuMicros.verdict,
    overheadPercent: summaries.overheadPercent(observed),
    latencySharePercent: percent(times.share("observed", "bare", "latency")),
    bare: summaries.cost(bareNames.bare),
    observed: summaries.cost(observed),
    added,
    control,
    parts: steps.map(({ part, row }, i) => ({
      name: part,
      addedMicros: summaries.difference(summaries.cpu, row, steps[i - 1]?.row ?? bareNames.bare),
    })),
    metricExportMicros: times.cost("flush"),
    notes: notesOf(rounds, control.cpuMicros, expected, circumstances),
    circumstances,
    rounds: Object.fromEntries(rounds),
  };
}
