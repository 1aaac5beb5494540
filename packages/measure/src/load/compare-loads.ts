import { bootstrapApart, type Estimate, median } from "../statistics/bootstrap.ts";
import { minRounds } from "../statistics/judge.ts";
import { check, isNumber, refuseUnknown } from "./load-options.ts";
import type { LoadReport, LoadRound } from "./load-report.ts";
import { wholeLoadReport } from "./read-load-report.ts";

/** What may become worse before it is red. */
export interface LoadBudgets {
  /** Of CPU a request, in percent, from 0 to 1000. @default 5 */
  readonly cpuPercent?: number;
  /** Of p95, in percent, from 0 to 1000. @default 10 */
  readonly p95Percent?: number;
}

export type BudgetVerdict = "red" | "green" | "too few rounds" | "another machine" | "not measurable";

/** One figure of one cell in two reports: how many times the old it is, with its 95 % interval. */
export interface LoadChange {
  readonly cell: string;
  readonly figure: "cpuMicros" | "p95Micros";
  readonly times: Estimate;
  readonly verdict: BudgetVerdict;
}

export interface LoadComparison {
  readonly changes: readonly LoadChange[];
  /** Cells, and the burst, in which the new report lost spans; that is red whatever was lost before. */
  readonly losses: readonly { readonly cell: string; readonly lost: number }[];
  /** Cells that only one of them has. */
  readonly unpaired: readonly string[];
  /** `green` is only what was judged whole: every figure of every cell, all of them in both. */
  readonly outcome: "green" | "red" | "not judged";
}

const figures = ["cpuMicros", "p95Micros"] as const;

/**
 * Compares two load tests, cell by cell. A figure is red where its whole interval is beyond its budget: what may be chance is not. Of two machines
 * only losses are judged. Throws for what is no whole load test, and an `OptionError` for wrong budgets.
 */
export function compareLoads(before: LoadReport, after: LoadReport, budgets: LoadBudgets = {}): LoadComparison {
  wholeLoadReport(before, "before");
  wholeLoadReport(after, "after");
  refuseUnknown(budgets, ["cpuPercent", "p95Percent"]);
  const { cpuPercent = 5, p95Percent = 10 } = budgets;
  for (const [name, value] of Object.entries({ cpuPercent, p95Percent })) {
    check(name, "a number from 0 to 1000", value, isNumber(0, 1_000));
  }
  const limits = { cpuMicros: 1 + cpuPercent / 100, p95Micros: 1 + p95Percent / 100 };
  const isSame = isSameMachine(before, after);
  const changes = after.cells.flatMap(({ name, rounds }) => {
    const old = before.cells.find((cell) => cell.name === name)?.rounds;
    if (old === undefined) return [];
    return figures.map((figure): LoadChange => {
      const times = timesOf(old, rounds, figure);
      const verdict = judge(times, limits[figure], Math.min(old.length, rounds.length));
      return { cell: name, figure, times, verdict: isSame ? verdict : "another machine" };
    });
  });
  const losses = [
    ...after.cells.map(({ name, rounds }) => ({
      cell: name,
      lost: rounds.reduce((sum, { lostSpans }) => sum + lostSpans, 0),
    })),
    { cell: "burst", lost: after.burst.lost },
  ].filter(({ lost }) => lost > 0);
  const [oldNames, newNames] = [before, after].map(({ cells }) => cells.map(({ name }) => name));
  const unpaired = [
    ...(oldNames ?? []).filter((name) => newNames?.includes(name) !== true),
    ...(newNames ?? []).filter((name) => oldNames?.includes(name) !== true),
  ];
  const isRed = losses.length > 0 || changes.some(({ verdict }) => verdict === "red");
  const isWhole = unpaired.length === 0 && changes.every(({ verdict }) => verdict === "green");
  return { changes, losses, unpaired, outcome: isRed ? "red" : isWhole ? "green" : "not judged" };
}

function timesOf(before: readonly LoadRound[], after: readonly LoadRound[], figure: LoadChange["figure"]): Estimate {
  const read = (rounds: readonly LoadRound[], chosen: readonly number[]): number =>
    median(chosen.map((round) => rounds[round]?.[figure] ?? Number.NaN));
  return bootstrapApart([before.length, after.length], ([old = [], now = []]) => read(after, now) / read(before, old));
}

function judge(times: Estimate, limit: number, rounds: number): BudgetVerdict {
  if (rounds < minRounds) return "too few rounds";
  // Of nothing there is no share: a figure may be 0, or below it once the export is taken off.
  if (!(times.low > 0 && times.high < Infinity)) return "not measurable";
  return times.low > limit ? "red" : "green";
}

function isSameMachine(a: LoadReport, b: LoadReport): boolean {
  const major = ({ machine }: LoadReport): string => machine.node.split(".")[0] ?? "";
  return (
    a.machine.cpu === b.machine.cpu &&
    a.machine.cores === b.machine.cores &&
    a.machine.platform === b.machine.platform &&
    major(a) === major(b)
  );
}
