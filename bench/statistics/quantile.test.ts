import assert from "node:assert/strict";
import { test } from "node:test";
import { pooled, quantile } from "./quantile.ts";

test("a quantile is one of the values, and the share of values says which", () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(quantile(values, 0.5), 50);
  assert.equal(quantile(values, 0.99), 99);
  assert.equal(quantile(values, 1), 100);
  assert.equal(quantile(Float64Array.of(7), 0.01), 7);
  assert.ok(Number.isNaN(quantile(Float64Array.of(), 0.5)));
});

test("pooled lists hold every value of each", () => {
  assert.deepEqual(pooled([Float64Array.of(3, 1), Float64Array.of(), Float64Array.of(2)]), Float64Array.of(3, 1, 2));
});
