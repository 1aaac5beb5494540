import { baselineOf } from "../contestants/load-contestants.ts";
import { estimate, number } from "../report/table.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import type { Comparison } from "../statistics/comparison.ts";

export interface Spread {
  readonly text: string;
  readonly byRound: readonly number[];
  readonly interval: Estimate | undefined;
}

/** The rows that tell how far the bench is off. */
interface ControlRows {
  readonly control: string;
  readonly bare: string;
  readonly floor: string;
}

const expressRows: ControlRows = { control: "bare again (A/A)", bare: baselineOf.answers, floor: "floor" };

/** How far the bench is off: what the same service seems to add to itself. */
export function aaSpread(comparison: Comparison, { control, bare, floor }: ControlRows = expressRows): Spread {
  if (!comparison.has(control)) return { text: "A/A: not measured.", byRound: [], interval: undefined };
  const byRound = comparison.addedByRound(control, bare);
  const interval = comparison.added(control, bare);
  const cost = comparison.cost(bare).value;
  const share = (100 * (Math.max(...byRound) - Math.min(...byRound))) / cost;
  const text =
    `A/A: bare against itself differs by ${estimate(interval)} µs; single rounds from ${number(Math.min(...byRound))} to ${number(Math.max(...byRound))} µs, ` +
    `a spread of ${number(share)} % of a bare request. A difference within that says nothing.` +
    (comparison.has(floor) && interval.high - interval.low > comparison.added(floor, bare).value
      ? "\nThe interval is wider than what the floor costs: the machine is too busy for a fine answer. Run again when it is quiet, or with more --rounds."
      : "");
  return { text, byRound, interval };
}
