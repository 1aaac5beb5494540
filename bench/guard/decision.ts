import type { Estimate } from "../statistics/bootstrap.ts";
import { rowNames, type RowName } from "./guard-names.ts";
import type { RoundCosts } from "./round-costs.ts";
import { trimmedMean } from "./trimmed-mean.ts";

/** Only `grew` fails the guard. `unclear` says that the machine is too busy to tell, which nobody can mend in the code; it is told, never hidden. */
export type Outcome = "holds" | "grew" | "unclear";

export interface RowVerdict {
  readonly row: RowName;
  /** The multiple of the floor, with its 95 % interval. */
  readonly measured: Estimate;
  readonly recorded: Estimate;
  /** The row grew when all of its interval is above this. */
  readonly allowed: number;
  readonly outcome: Outcome;
}

export interface GuardVerdict {
  readonly rounds: number;
  readonly bareMicros: number;
  readonly floorMicros: number;
  /** Bare against itself, in floors. */
  readonly control: Estimate;
  /** Whether bare against itself shows more than the guard wants to see. */
  readonly isControlOff: boolean;
  readonly rows: readonly RowVerdict[];
}

export interface DecisionSettings {
  readonly recorded: Readonly<Record<RowName, Estimate>>;
  /** Whether this machine's CPU, or its Node, is another than the recorded one's: how many floors a request takes is then only about the same. */
  readonly isElsewhere: boolean;
}

/** Rounds at either end that count for nothing: one of seven, none of fewer, which are too few to do without. */
export const roundTrim = 0.15;
/** How far an interval may reach from its middle, in floors or as a share of the multiple, whichever is more. */
const maxReach = { floors: 0.5, share: 0.15 };
const maxControl = 0.5;
const elsewhereFactor = 2;

/** Compares all rounds so far with what was recorded. */
export function decide(rounds: readonly RoundCosts[], { recorded, isElsewhere }: DecisionSettings): GuardVerdict {
  const over = (read: (round: RoundCosts) => number): Estimate => trimmedMean(rounds.map(read), roundTrim);
  const control = over((round) => round.control);
  const isControlOff = control.low > maxControl || control.high < -maxControl;
  return {
    rounds: rounds.length,
    bareMicros: over(({ bareMicros }) => bareMicros).value,
    floorMicros: over(({ floorMicros }) => floorMicros).value,
    control,
    isControlOff,
    rows: rowNames.map((row) => {
      const measured = over(({ multiples }) => multiples[row]);
      const { value, high } = recorded[row];
      const allowed = value + (high - value) * (isElsewhere ? elsewhereFactor : 1);
      return { row, measured, recorded: recorded[row], allowed, outcome: outcomeOf(measured, allowed, isControlOff) };
    }),
  };
}

function outcomeOf(measured: Estimate, allowed: number, isControlOff: boolean): Outcome {
  const reach = measured.value - measured.low;
  // Written so that a NaN is unclear.
  const isClear = reach <= Math.max(maxReach.floors, maxReach.share * measured.value);
  if (!isClear || isControlOff) return "unclear";
  return measured.low > allowed ? "grew" : "holds";
}

/** When the guard looks at its rounds. It passes at the first look that finds nothing, and fails only when the last one still finds it, in all rounds together. */
export const looks: readonly number[] = [7, 11, 15];

/** From here on it looks after each round, and takes no more unless a row is still unclear: a machine this busy shall not hold others up. */
const lateMs = 95_000;
/** Even then it ends. */
const latestMs = 240_000;
const minRounds = 5;

/** Whether that many rounds are a moment to look. */
export function isLook(rounds: number, elapsedMs: number): boolean {
  return looks.includes(rounds) || (elapsedMs > lateMs && rounds >= minRounds);
}

/** Whether no further look is worth it. */
export function isOver({ rounds, rows }: GuardVerdict, elapsedMs: number): boolean {
  if (rounds >= looks.at(-1)! || rows.every(({ outcome }) => outcome === "holds")) return true;
  return elapsedMs > (rows.some(({ outcome }) => outcome === "unclear") ? latestMs : lateMs);
}
