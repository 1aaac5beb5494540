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

test("a target that bare against itself misses too says nothing of us", () => {
  const missed = target("at most", 15, 20, 30);
  const { holds, text } = judge({ ...missed, control: { low: 8, value: 11, high: 19 } });
  assert.deepEqual([holds, text], [false, "not measurable: bare against itself is 11.0 (8.00–19.0)"]);
  assert.match(judge({ ...missed, control: { low: 8, value: 9, high: 9.5 } }).text, /^missed/);
  assert.match(judge({ ...missed, control: { low: 8, value: 11, high: 14 } }).text, /^missed/);
  assert.equal(judge({ ...target("at most", 7, 8, 9), control: { low: 8, value: 11, high: 19 } }).holds, true);
});
