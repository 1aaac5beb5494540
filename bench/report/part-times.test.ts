import assert from "node:assert/strict";
import { test } from "node:test";
import { runKinds } from "../parts/part.ts";
import { plannedSeconds, runSeconds, timeOf, timeTable } from "./part-times.ts";

test("what the parts plan adds up to no more than a run may take", () => {
  for (const kind of runKinds) {
    const sum = Object.values(plannedSeconds).reduce((all, plan) => all + plan[kind], 0);
    assert.ok(sum <= runSeconds[kind], `${kind}: ${sum} s`);
  }
});

test("a part that nobody planned is shown with what it used", () => {
  assert.deepEqual(timeOf("another", "full", 1234), { part: "another", plannedSeconds: undefined, usedSeconds: 1.2 });
  assert.match(timeTable([timeOf("another", "full", 1234)], "full"), /another +- +1\.2/);
});
