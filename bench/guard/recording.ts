import { readFileSync, writeFileSync } from "node:fs";
import type { Machine } from "@gossamer/measure/report";
import { mean, type Estimate } from "../statistics/bootstrap.ts";
import { roundTrim } from "./decision.ts";
import { rowNames, type RowName } from "./guard-names.ts";
import type { RoundCosts } from "./round-costs.ts";
import { trimmedMean } from "./trimmed-mean.ts";

/** What `recorded.json` holds. */
export interface Recording {
  readonly about: string;
  readonly at: string;
  readonly cpu: string;
  readonly node: string;
  /** One, five and fifteen minutes, at the end. Above the number of cores, others were at work. */
  readonly loadAverage: string;
  readonly runs: number;
  readonly roundsARun: number;
  /** For information: only multiples are compared. */
  readonly bareMicros: number;
  readonly floorMicros: number;
  /** Multiples of the floor, with the interval that another run must leave to be called grown. */
  readonly rows: Readonly<Record<RowName, Estimate>>;
}

const file = new URL("recorded.json", import.meta.url);

/** By how much the multiple of an unchanged row moves with the neighbours of the machine, which the runs of one recording may not have met. */
const leastReach = { floors: 0.3, share: 0.1 };
const spreads = 3;

export function readRecording(): Recording {
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

export function writeRecording(recording: Recording): void {
  writeFileSync(file, `${JSON.stringify(recording, undefined, 2)}\n`);
}

/** Sums up runs of the guard: each row's multiple, and how far a run may be from it. */
export function record(
  runs: readonly (readonly RoundCosts[])[],
  { cpu, node, loadAverage, at }: Pick<Machine, "cpu" | "node" | "loadAverage"> & { readonly at: Date },
): Recording {
  const everyRound = runs.flat();
  const rows = rowNames.map((row) => {
    const byRun = runs.map(
      (rounds) =>
        trimmedMean(
          rounds.map(({ multiples }) => multiples[row]),
          roundTrim,
        ).value,
    );
    const value = mean(byRun);
    const spread = Math.sqrt(byRun.reduce((sum, each) => sum + (each - value) ** 2, 0) / (byRun.length - 1));
    const reach = Math.max(leastReach.floors, leastReach.share * value, spreads * spread);
    return [row, { value: round(value), low: round(value - reach), high: round(value + reach) }] as const;
  });
  return {
    about: "Added CPU a request in floors. Written by `pnpm bench:guard --record`; bench/README.md says what it means.",
    at: at.toISOString(),
    cpu,
    node,
    loadAverage: loadAverage.join(", "),
    runs: runs.length,
    roundsARun: runs[0]?.length ?? 0,
    bareMicros: round(
      trimmedMean(
        everyRound.map(({ bareMicros }) => bareMicros),
        roundTrim,
      ).value,
    ),
    floorMicros: round(
      trimmedMean(
        everyRound.map(({ floorMicros }) => floorMicros),
        roundTrim,
      ).value,
    ),
    rows: Object.fromEntries(rows) as Record<RowName, Estimate>,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
