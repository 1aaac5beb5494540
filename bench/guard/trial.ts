import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reports } from "../../scripts/step.ts";
import type { Progress } from "../report/progress.ts";
import { estimate, table } from "../report/table.ts";
import type { DecisionSettings, GuardVerdict } from "./decision.ts";
import { type GuardRunSettings, runGuard } from "./run-guard.ts";
import type { RoundCosts } from "./round-costs.ts";

const plantMicros = 1;

interface Trial {
  readonly plantMicros: number;
  readonly seconds: number;
  readonly verdict: GuardVerdict;
  readonly rounds: readonly RoundCosts[];
}

/**
 * Guards that many times without a regression and once with a planted microsecond, prints each run, and saves all rounds. Answers whether no
 * run without one failed, and the planted one was found.
 */
export async function runTrial(
  runs: number,
  settings: GuardRunSettings,
  decision: DecisionSettings,
  progress: Progress,
): Promise<boolean> {
  const trials: Trial[] = [];
  for (let run = 0; run <= runs; run++) {
    const plant = run === runs ? plantMicros : 0;
    progress.part(`Trial, run ${run + 1}/${runs + 1}${plant === 0 ? "" : ", planted"}`);
    const before = performance.now();
    const { verdict, rounds } = await runGuard({ ...settings, plantMicros: plant }, decision);
    trials.push({ plantMicros: plant, seconds: (performance.now() - before) / 1000, verdict, rounds });
    // As it goes: a trial takes long enough to be broken off.
    save(trials);
  }
  progress.clear();
  const head = ["run", "rounds", "s", ...decisionRows(trials), "result"];
  console.log(table(head, trials.map(lineOf)));
  const clean = trials.slice(0, -1);
  const alarms = clean.filter((trial) => resultOf(trial) !== "holds").length;
  const planted = trials.at(-1)!;
  const isFound = resultOf(planted) === "grew";
  console.log(
    `\n${alarms} of ${clean.length} runs without a regression failed; the planted ${plantMicros} µs was ${isFound ? "found" : "NOT FOUND"}`,
  );
  return alarms === 0 && isFound;
}

function decisionRows([first]: readonly Trial[]): string[] {
  return first?.verdict.rows.map(({ row }) => row) ?? [];
}

function lineOf(trial: Trial, index: number): string[] {
  const { verdict, seconds } = trial;
  const name = trial.plantMicros === 0 ? String(index + 1) : `planted ${trial.plantMicros} µs`;
  const rows = verdict.rows.map(({ measured }) => estimate(measured));
  return [name, String(verdict.rounds), seconds.toFixed(0), ...rows, resultOf(trial)];
}

function resultOf({ verdict }: Trial): string {
  const outcomes = verdict.rows.map(({ outcome }) => outcome);
  if (outcomes.some((outcome) => outcome === "grew")) return "grew";
  return outcomes.some((outcome) => outcome === "unclear") ? "unclear" : "holds";
}

function save(trials: readonly Trial[]): void {
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, "bench-guard-trial.json"), JSON.stringify(trials));
}
