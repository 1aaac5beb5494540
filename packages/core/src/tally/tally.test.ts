import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

test("counts by label, and in all (R-P11)", () => {
  const tally = new Tally();
  tally.add("full");
  tally.add("closed", 3);
  tally.add("full");
  expect(tally.snapshot()).toEqual({ full: 2, closed: 3 });
  expect([tally.get("full"), tally.get("never"), tally.total]).toEqual([2, 0, 5]);
});

test("labels without end are counted as other (R-P11)", () => {
  const tally = new Tally(2);
  for (let i = 0; i < 10; i++) tally.add(`label ${i}`);
  tally.add("label 0");
  expect(tally.snapshot()).toEqual({ "label 0": 2, "label 1": 1, other: 8 });
});

test("a snapshot is a copy, safe from names of the object prototype (R-P11)", () => {
  const tally = new Tally();
  tally.add("__proto__");
  tally.add("constructor");
  const snapshot = tally.snapshot();
  tally.add("constructor");
  expect(Object.entries(snapshot)).toEqual([
    ["__proto__", 1],
    ["constructor", 1],
  ]);
});
