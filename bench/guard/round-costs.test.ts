import assert from "node:assert/strict";
import { test } from "node:test";
import { floorsARequest, type GuardName, guardNames } from "./guard-names.ts";
import { roundCosts, type RoundSlices } from "./round-costs.ts";

const added: Readonly<Record<GuardName, number>> = {
  bare: 0,
  "bare-again": 0,
  floors: floorsARequest,
  "gossamer-0": 3,
  "gossamer-1": 4,
  "gossamer-100": 12,
};

/** Slices of a machine whose speed is that of each turn. */
function slicesAt(speeds: readonly number[]): Map<GuardName, number[]> {
  return new Map(guardNames.map((name) => [name, speeds.map((speed) => (10 + added[name]) * speed)]));
}

function assertMultiples(slices: RoundSlices): void {
  const { multiples, control } = roundCosts(slices);
  for (const [name, expected] of Object.entries({ "gossamer-0": 3, "gossamer-1": 4, "gossamer-100": 12 })) {
    const got = multiples[name as keyof typeof multiples];
    assert.ok(Math.abs(got - expected) < 1e-9, `${name}: ${got}`);
  }
  assert.ok(Math.abs(control) < 1e-9);
}

test("costs are told in floors, whatever the speed of the machine", () => {
  assertMultiples(slicesAt(Array.from({ length: 20 }, () => 1)));
  assertMultiples(slicesAt(Array.from({ length: 20 }, () => 1.7)));
});

test("a machine that changes its speed within a round does not move them", () => {
  assertMultiples(slicesAt(Array.from({ length: 20 }, (_, i) => 1 + (i % 3) / 4)));
});

test("slices that met a neighbour count for nothing", () => {
  const slices = slicesAt(Array.from({ length: 20 }, () => 1));
  for (const name of ["gossamer-0", "floors", "gossamer-100"] as const)
    for (const turn of [3, 9, 17]) slices.get(name)![turn]! += 500;
  assertMultiples(slices);
});
