import { bareNames } from "../configuration.ts";
import type { ExpectedAnswers } from "../rounds/expected-answers.ts";
import type { RoundMeasure, Rounds } from "../rounds/run-rounds.ts";
import { minRounds } from "../statistics/judge.ts";
import type { Circumstances, Difference } from "./report.ts";
import { estimateText } from "./table.ts";

const samplesForP99 = 1_000;

/** What is worth knowing before one believes the numbers. */
export function notesOf(
  rounds: Rounds,
  control: Difference,
  expected: ExpectedAnswers,
  { ownProcesses }: Circumstances,
): string[] {
  const notes: string[] = [];
  const bare = rounds.get(bareNames.bare) ?? [];
  const all = [...rounds.values()].flat();
  if (bare.length < minRounds) {
    notes.push(`With ${bare.length} rounds there is no 95 % interval and no verdict: take at least ${minRounds}.`);
  }
  if (!ownProcesses) {
    notes.push(
      "All configurations shared this process, and what V8 had learned of the others' code. Give the workload as a module for processes of their own.",
    );
  }
  if (bare.length >= minRounds && (control.low > 0 || control.high < 0)) {
    notes.push(
      `The bare workload differs from itself by ${estimateText(control)} µs, which holds no 0: something else moved meanwhile. Measure again when the machine is quiet.`,
    );
  }
  const samples = Math.min(...all.map(({ latencySamples }) => latencySamples));
  if (samples < samplesForP99) {
    notes.push(
      `The p99 of a round is read from ${samples} requests, of which ${Math.ceil(samples / 100)} lie beyond it.`,
    );
  }
  if (!all.every(({ collected }) => collected)) {
    notes.push("Memory was read without collecting garbage before: start node with --expose-gc.");
  }
  if (expected.failing.length > 0) notes.push(`Not a success, and measured all the same: ${listed(expected.failing)}.`);
  if (expected.changing.length > 0) {
    notes.push(`These answers change by themselves, so only their status was compared: ${listed(expected.changing)}.`);
  }
  for (const [name, list] of rounds) notes.push(...lossesOf(name, list));
  return notes;
}

function lossesOf(name: string, rounds: readonly RoundMeasure[]): string[] {
  const notes: string[] = [];
  const dropped = rounds.flatMap(({ seen }) => Object.entries(seen?.drops ?? {})).filter(([, count]) => count > 0);
  if (dropped.length > 0) {
    const total = dropped.reduce((sum, [, count]) => sum + count, 0);
    const reasons = [...new Set(dropped.map(([reason]) => reason))].join(", ");
    notes.push(
      `"${name}" dropped ${total} spans under this load (${reasons}): what sending them costs is not in its numbers.`,
    );
  }
  const undelivered = rounds.reduce((sum, { seen }) => sum + (seen?.undelivered ?? 0), 0);
  if (undelivered > 0)
    notes.push(`"${name}" could not deliver in time ${undelivered} times: its exporter is in trouble.`);
  return notes;
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join("; ");
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
