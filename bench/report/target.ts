import type { Estimate } from "../statistics/bootstrap.ts";
import { estimate, number, table } from "./table.ts";

/** A promise about speed or size, and what this run says of it. */
export interface Target {
  readonly promise: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
  readonly measured: Estimate;
  /** The same number of bare against itself. Where that misses as well, and is not clearly another, nothing is said of the target. @default none */
  readonly control?: Estimate;
  /** `asked`: the project's own promise. `stricter`: the same against a peer that does less; for information, and no failure when missed. */
  readonly rank: "asked" | "stricter";
}

export interface Verdict extends Target {
  readonly holds: boolean;
  readonly text: string;
}

/** A target holds when the worse end of the interval meets it. */
export function judge(target: Target): Verdict {
  const { bound, limit, measured, control } = target;
  const meets = ({ low, high }: Estimate): boolean => (bound === "at most" ? high <= limit : low >= limit);
  const holds = meets(measured);
  if (holds) return { ...target, holds, text: "pass" };
  const areApart = control !== undefined && (measured.low > control.high || measured.high < control.low);
  if (control !== undefined && !meets(control) && !areApart)
    return { ...target, holds, text: `not measurable: bare against itself is ${estimate(control)}` };
  const worse = bound === "at most" ? measured.high : measured.low;
  const off = bound === "at most" ? worse / limit : limit / worse;
  const middleHolds = bound === "at most" ? measured.value <= limit : measured.value >= limit;
  const by = off > 0 && Number.isFinite(off) ? `missed by a factor of ${number(off)}` : "missed";
  return {
    ...target,
    holds,
    text: middleHolds ? `${by} (only by the interval: more rounds or a quieter machine may settle it)` : by,
  };
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  return table(
    ["target", "needs", "measured (95 %)", "verdict"],
    verdicts.map((verdict) => [
      verdict.rank === "asked" ? verdict.promise : `  stricter: ${verdict.promise}`,
      `${verdict.bound} ${number(verdict.limit)}`,
      estimate(verdict.measured),
      verdict.text,
    ]),
  );
}
