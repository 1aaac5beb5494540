import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, type Target } from "./target.ts";

const target = (bound: Target["bound"], low: number, value: number, high: number): Target => ({
  promise: "p",
  bound,
  limit: 10,
  measured: { low, value, high },
  rank: "asked",
});

test("a target holds only when the worse end of its interval does", () => {
  assert.equal(judge(target("at most", 7, 8, 10)).holds, true);
  assert.equal(judge(target("at most", 7, 8, 10.1)).holds, false);
  assert.equal(judge(target("at least", 10, 12, 14)).holds, true);
  assert.equal(judge(target("at least", 9.9, 12, 14)).holds, false);
});

test("a target that is missed only by its interval says so", () => {
  assert.match(judge(target("at most", 7, 8, 20)).text, /missed by a factor of 2\.00 \(only by the interval/);
  assert.equal(judge(target("at most", 19, 20, 20)).text, "missed by a factor of 2.00");
});
