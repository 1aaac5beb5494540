import { seededRandom } from "../statistics/bootstrap.ts";
import { decide, type DecisionSettings, type GuardVerdict, isLook, isOver } from "./decision.ts";
import { rowNames, type RowName } from "./guard-names.ts";
import type { Recording } from "./recording.ts";
import type { RoundCosts } from "./round-costs.ts";

/**
 * The spread of single rounds, in floors, seen with six to eight other processes on the two cores, and of runs among each other. One round in
 * twelve is four times as far off.
 */
const roundSpread: Readonly<Record<RowName, number>> = { "gossamer-0": 0.25, "gossamer-1": 0.4, "gossamer-100": 0.9 };
const runSpread: Readonly<Record<RowName, number>> = { "gossamer-0": 0.1, "gossamer-1": 0.12, "gossamer-100": 0.35 };
export const wildShare: number = 1 / 12;
export const wildFactor = 4;

/** A run of the guard as `runGuard` does it, on made-up rounds of code that costs `grownBy` floors more than the recorded. */
export function simulateRun(decision: DecisionSettings, grownBy: number, random: () => number): GuardVerdict {
  const normal = normalOf(random);
  const { recorded } = decision;
  const shifts = new Map(rowNames.map((row) => [row, normal() * runSpread[row]]));
  const rounds: RoundCosts[] = [];
  for (;;) {
    const factor = random() < wildShare ? wildFactor : 1;
    const multiples = rowNames.map((row) => {
      const expected = recorded[row].value + grownBy + shifts.get(row)!;
      return [row, expected + normal() * roundSpread[row] * factor];
    });
    rounds.push({
      bareMicros: 9,
      floorMicros: 0.9,
      control: normal() * 0.2 * factor,
      multiples: Object.fromEntries(multiples) as Record<RowName, number>,
    });
    if (!isLook(rounds.length, 0)) continue;
    const verdict = decide(rounds, decision);
    if (isOver(verdict, 0)) return verdict;
  }
}

export function findsGrowth({ rows }: GuardVerdict): boolean {
  return rows.some(({ outcome }) => outcome === "grew");
}

/** In how many of 100 runs a guard with this recording finds a microsecond more. Below 99 the recorded runs differed too much to guard with. */
export function microsecondsFound({ rows }: Pick<Recording, "rows">): number {
  const random = seededRandom(7);
  const runs = 2000;
  const found = Array.from({ length: runs }, () =>
    simulateRun({ recorded: rows, isElsewhere: false }, 1, random),
  ).filter(findsGrowth).length;
  return (100 * found) / runs;
}

/** Box and Muller's. */
export function normalOf(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
