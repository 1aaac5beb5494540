import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetRows, budgetTable } from "./budget-table.ts";
import { judgeBudget, targetOf } from "./judge-budget.ts";

const exactly = (value: number): { value: number; low: number; high: number } => ({ value, low: value, high: value });

test("a budget passes, is over its target, or is red (R-O8)", () => {
  const verdict = (micros: number): string => judgeBudget(budgetTable.span, "minimal", exactly(micros));
  assert.deepEqual([9, 11, 51].map(verdict), ["pass", "over target", "red"]);
});

test("the worse end of the interval decides, in both directions (R-O8)", () => {
  assert.equal(judgeBudget(budgetTable.span, "full", { value: 8, low: 7, high: 12 }), "over target");
  assert.equal(judgeBudget(budgetTable.gzip, "full", { value: 80, low: 69, high: 90 }), "over target");
  assert.equal(judgeBudget(budgetTable.gzip, "full", { value: 80, low: 71, high: 90 }), "pass");
});

test("a number that is none never passes (R-O8)", () => {
  assert.equal(judgeBudget(budgetTable.request, "full", exactly(Number.NaN)), "over target");
  assert.equal(judgeBudget(budgetTable.span, "full", exactly(Number.NaN)), "red");
});

test("each preset has its own share of a 50 ms handler, and one without is shown and not judged (R-O8)", () => {
  assert.deepEqual(
    budgetRows.map((row) => targetOf(budgetTable.handler, row)),
    [undefined, 0.5, 1, 5, undefined, undefined, undefined, 2],
  );
  assert.equal(judgeBudget(budgetTable.handler, "minimal", exactly(0.6)), "over target");
  assert.equal(judgeBudget(budgetTable.handler, "constrained", exactly(0.6)), "shown");
});

test("the network is asked of the defaults alone (R-O8)", () => {
  assert.equal(judgeBudget(budgetTable.network, "no preset", exactly(11)), "red");
  assert.equal(judgeBudget(budgetTable.network, "debug", exactly(11)), "shown");
});

test("a row that has nothing of the kind is neither good nor bad (R-O8)", () => {
  assert.equal(judgeBudget(budgetTable.gzip, "debug", undefined), "none");
});
