import type { Estimate } from "./bootstrap.ts";

/** What a difference says: `more` and `less` are outside of what the same service differs from itself by, `not measurable` is within; with `too few rounds` nothing can be said. */
export type Verdict = "more" | "less" | "not measurable" | "too few rounds";

/** With fewer, the interval from the smallest to the largest difference holds the median in less than 95 % of all runs: 1 − 2 · ½ⁿ. */
export const minRounds = 6;

/**
 * Whether a difference is outside of the spread that the A/A control shows: its whole 95 % interval lies beyond the far end of the
 * control's. Everything else says nothing.
 */
export function judge(difference: Estimate, control: Estimate, rounds: number): Verdict {
  if (rounds < minRounds) return "too few rounds";
  const spread = Math.max(Math.abs(control.low), Math.abs(control.high));
  if (difference.low > spread) return "more";
  if (difference.high < -spread) return "less";
  return "not measurable";
}
