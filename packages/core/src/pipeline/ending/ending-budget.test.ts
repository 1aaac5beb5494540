import { expect, test } from "vitest";
import { EndingBudget } from "./ending-budget.ts";

test("those who wait one after the other share one deadline, until all is delivered or the process lived on (E2)", () => {
  let nowMs = 1_000;
  const budget = new EndingBudget(5_000, () => nowMs);
  expect(budget.leftMs()).toBe(5_000);
  nowMs += 3_000;
  expect(budget.leftMs()).toBe(2_000);
  nowMs += 4_000;
  expect(budget.leftMs()).toBe(0);
  nowMs += 3_001;
  expect(budget.leftMs()).toBe(5_000);
  nowMs += 1_000;
  expect(budget.leftMs()).toBe(4_000);
  budget.delivered();
  expect(budget.leftMs()).toBe(5_000);
});

test("who would wait shorter than the deadline does, and nobody waits longer (E2)", () => {
  expect(new EndingBudget(60_000, () => 0).leftMs(5_000)).toBe(5_000);
  expect(new EndingBudget(200, () => 0).leftMs(5_000)).toBe(200);
});
