import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrap, median, seededRandom } from "./bootstrap.ts";
import { Comparison } from "./comparison.ts";

const noise = seededRandom(1);
const rounds = (cost: number, machine: readonly number[]): number[][] =>
  machine.map((speed) => [cost * speed + noise(), cost * speed + noise()]);

test("a machine that changes its speed between rounds does not move a ratio", () => {
  const machine = [1, 2, 1, 3, 1.5, 1, 2.5, 1, 1, 2];
  const comparison = new Comparison(
    new Map([
      ["bare", rounds(200, machine)],
      ["cheap", rounds(202, machine)],
      ["dear", rounds(220, machine)],
    ]),
  );
  const { value, low, high } = comparison.ratio("dear", "cheap", "bare");
  assert.ok(low <= value && value <= high);
  assert.ok(value > 6 && value < 15, `about 10, got ${value}`);
});

test("the same contestant twice differs by an interval that holds zero", () => {
  const machine = Array.from({ length: 10 }, () => 1);
  const comparison = new Comparison(
    new Map([
      ["bare", rounds(200, machine)],
      ["again", rounds(200, machine)],
    ]),
  );
  const { low, high } = comparison.added("again", "bare");
  assert.ok(low < 0.4 && high > -0.4 && high - low < 1);
});

test("the same rounds give the same interval", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
  const statistic = (chosen: readonly number[]): number => median(chosen.map((i) => values[i]!));
  assert.deepEqual(bootstrap(10, statistic), bootstrap(10, statistic));
  assert.equal(bootstrap(10, statistic).value, 3.5);
});

test("how many times another's number it is is taken within a round", () => {
  const comparison = new Comparison(
    new Map([
      ["bare", [[1000, 2000], [4000], [100]]],
      ["a", [[1350], [3640], [90]]],
    ]),
  );
  assert.deepEqual(comparison.times("a", "bare"), { value: 0.9, low: 0.9, high: 0.91 });
});

test("a ratio to what costs nothing is infinite, never negative", () => {
  const comparison = new Comparison(
    new Map([
      ["bare", [[10], [10]]],
      ["a", [[12], [12]]],
      ["b", [[9], [9]]],
    ]),
  );
  assert.equal(comparison.ratio("a", "b", "bare").value, Number.POSITIVE_INFINITY);
});

test("a cost that grows is told from a service that itself gets slower", () => {
  const machine = [1, 2, 1, 3, 1.5, 1, 2.5, 1, 1, 2];
  const comparison = new Comparison(
    new Map([
      ["bare small", rounds(50, machine)],
      ["bare large", rounds(400, machine)],
      ["flat small", rounds(55, machine)],
      ["flat large", rounds(405, machine)],
      ["growing large", rounds(425, machine)],
    ]),
  );
  const from = { name: "flat small", baseline: "bare small" };
  const flat = comparison.grown(from, { name: "flat large", baseline: "bare large" });
  assert.ok(flat.low < 1 && flat.high > -1, `${flat.low}–${flat.high}`);
  assert.ok(comparison.grown(from, { name: "growing large", baseline: "bare large" }).low > 10);
});
