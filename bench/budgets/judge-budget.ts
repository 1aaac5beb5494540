import type { Estimate } from "../statistics/bootstrap.ts";
import type { Budget, BudgetRow } from "./budget-table.ts";

/** `shown`: there is no budget for this row. `none`: the row has nothing to measure. */
export type BudgetVerdict = "pass" | "over target" | "red" | "shown" | "none";

/** Judges by the worse end of the interval, as targets are. */
export function judgeBudget(budget: Budget, row: BudgetRow, measured: Estimate | undefined): BudgetVerdict {
  if (measured === undefined) return "none";
  const target = targetOf(budget, row);
  if (target === undefined) return "shown";
  const worse = budget.bound === "at most" ? measured.high : measured.low;
  const beyond = (limit: number): boolean => !(budget.bound === "at most" ? worse <= limit : worse >= limit);
  if (budget.red !== undefined && beyond(budget.red)) return "red";
  return beyond(target) ? "over target" : "pass";
}

/** What the row has to keep to; undefined where nothing was promised of it. */
export function targetOf({ only, target, targets }: Budget, row: BudgetRow): number | undefined {
  if (only !== undefined && only !== row) return undefined;
  return target ?? targets?.[row];
}
