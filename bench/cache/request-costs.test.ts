import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Costs } from "./costs.ts";
import { requestCosts } from "./request-costs.ts";

const packages = new URL("../../packages/", import.meta.url).href;
const map = [
  `1000 100 JS:*end ${packages}core/dist/bundle/adapter.js:20:7`,
  `2000 100 JS:*end ${packages}core/dist/bundle/adapter.js:20:7`,
  `3000 100 JS:*observe ${fileURLToPath(packages)}express/dist/bundle.cjs:2:1`,
  "4000 100 JS:*next file:///app/node_modules/router/index.js:9:9",
].join("\n");
const costs = (instructions: number, instructionMisses: number): Costs => ({
  instructions,
  instructionMisses,
  dataMisses: 0,
});

test("the path of a request is what at least every tenth runs, so that timers are not in it", () => {
  const generated = new Map([
    [0x1000, costs(10, 2)],
    [0x1004, costs(9, 9)],
  ]);
  const { ours, path } = requestCosts({ all: costs(19, 11), generated }, map, 100);
  assert.deepEqual([ours, path], [costs(0.19, 0.11), costs(0.1, 0.02)]);
});

test("ours is what runs from our packages, by function and a request, wherever V8 has put it", () => {
  const generated = new Map([
    [0x1000, costs(10, 2)],
    [0x2000, costs(30, 4)],
    [0x3010, costs(20, 8)],
    [0x4000, costs(1000, 100)],
    [0x9000, costs(5, 5)],
  ]);
  const { all, ours, functions } = requestCosts({ all: costs(4000, 400), generated }, map, 2);
  assert.deepEqual(all, costs(2000, 200));
  assert.deepEqual(ours, costs(30, 7));
  assert.deepEqual(functions, [
    { name: "observe", costs: costs(10, 4) },
    { name: "end", costs: costs(20, 3) },
  ]);
});
