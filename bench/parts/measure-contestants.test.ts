import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../report/target.ts";
import { Comparison } from "../statistics/comparison.ts";
import { type Share, shareTargets } from "./measure-contestants.ts";

const shares: readonly Share[] = [
  { ours: "ours", theirs: "peer", part: 20, rank: "asked" },
  { ours: "ours", theirs: "absent peer", part: 20, rank: "asked" },
];

/** CPU a request in rounds of which every other one is on a machine half as fast. */
const comparison = (ours: number, again: number): Comparison => {
  const rounds = (micros: number): number[][] => [1, 2, 1, 2, 1].map((slow) => [micros * slow]);
  return new Comparison(
    new Map([
      ["bare", rounds(50)],
      ["bare again", rounds(again)],
      ["ours", rounds(ours)],
      ["peer", rounds(250)],
    ]),
  );
};

test("a share of a peer is of what both add to bare, and a peer that was not measured is no target", () => {
  const targets = shareTargets(comparison(60, 50), shares, "bare", { where: "Real socket, ", again: "bare again" });
  assert.deepEqual(
    targets.map(({ promise, limit, measured, control }) => [promise, limit, measured.value, control?.value]),
    [["Real socket, ours: share of peer (1/20)", 0.05, 0.05, 0]],
  );
  assert.ok(judge(targets[0]!).holds);
});

test("a share that bare against itself would miss as well is not measurable, where bare ran twice", () => {
  const verdict = (again: { readonly again?: string }): string =>
    judge(shareTargets(comparison(62, 62), shares, "bare", again)[0]!).text;
  assert.match(verdict({ again: "bare again" }), /^not measurable/);
  assert.match(verdict({}), /^missed/);
});
