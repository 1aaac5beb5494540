import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../statistics/bootstrap.ts";
import { decide, type DecisionSettings, type GuardVerdict, isLook, isOver, looks, roundTrim } from "./decision.ts";
import { findsGrowth, microsecondsFound, normalOf, simulateRun, wildFactor, wildShare } from "./simulation.ts";
import { rowNames, type RowName } from "./guard-names.ts";
import { readRecording, record } from "./recording.ts";
import type { RoundCosts } from "./round-costs.ts";
import { trimmedMean } from "./trimmed-mean.ts";
import { verdictText } from "./verdict-text.ts";

const recorded = readRecording().rows;
const settings: DecisionSettings = { recorded, isElsewhere: false };
const runs = 2000;
/** Fewer floors than a microsecond was where it was planted. */
const microInFloors = 1;

const random = seededRandom(7);
const normal = normalOf(random);
const simulate = (grownBy: number, decision = settings): GuardVerdict => simulateRun(decision, grownBy, random);

function steadyRounds(multiple: (row: RowName) => number, control = 0): RoundCosts[] {
  const multiples = Object.fromEntries(rowNames.map((row) => [row, multiple(row)])) as Record<RowName, number>;
  return Array.from({ length: 7 }, (_, i) => ({
    bareMicros: 9,
    floorMicros: 0.9,
    control: control + i / 100,
    multiples,
  }));
}

const judges = ({ rows }: GuardVerdict): boolean => rows.every(({ outcome }) => outcome !== "unclear");

test("a run without a regression fails less than once in 200, and is judged at least 99 times in 100", () => {
  const verdicts = Array.from({ length: runs }, () => simulate(0));
  const failed = verdicts.filter(findsGrowth).length;
  assert.ok(failed <= runs * 0.005, `${failed} of ${runs}`);
  const unjudged = verdicts.filter((verdict) => !judges(verdict)).length;
  assert.ok(unjudged <= runs * 0.01, `${unjudged} of ${runs} not judged`);
});

test("a run with one more microsecond a request is found at least 99 times in 100", () => {
  const found = microsecondsFound({ rows: recorded });
  assert.ok(found >= 99, `${found} of 100`);
});

test("a recording whose runs differed too much to find a microsecond is known before it is written", () => {
  const rows = Object.fromEntries(
    Object.entries(recorded).map(([row, { value }]) => [row, { value, low: value - 0.7, high: value + 0.7 }]),
  ) as typeof recorded;
  assert.ok(microsecondsFound({ rows }) < 99);
});

test("elsewhere than where it was recorded, two microseconds more are still found", () => {
  const elsewhere = { recorded, isElsewhere: true };
  const found = Array.from({ length: 500 }, () => simulate(2 * microInFloors, elsewhere)).filter(findsGrowth).length;
  assert.ok(found >= 495, `${found} of 500`);
});

test("a failure says which contestant grew, from what to what, and what to do", () => {
  const verdict = decide(
    steadyRounds((row) => recorded[row].value + (row === "gossamer-0" ? 3 : 0)),
    settings,
  );
  assert.deepEqual(
    verdict.rows.map(({ outcome }) => outcome),
    ["grew", "holds", "holds"],
  );
  const from = recorded["gossamer-0"].value.toFixed(2);
  const to = (recorded["gossamer-0"].value + 3).toFixed(2);
  assert.match(verdictText(verdict), new RegExp(`gossamer-0 grew from ${from} to ${to} .*about 2\\.70 µs.*--record`));
});

test("what cannot be measured does not pass: an interval that is too wide, a control that is off, a cost that is no number", () => {
  const wide = steadyRounds((row) => recorded[row].value).map((round, i) => ({
    ...round,
    multiples: { ...round.multiples, "gossamer-0": i * 2 - 6 },
  }));
  const outcomes = (rounds: RoundCosts[]): string[] => decide(rounds, settings).rows.map(({ outcome }) => outcome);
  assert.deepEqual(outcomes(wide), ["unclear", "holds", "holds"]);
  assert.deepEqual(outcomes(steadyRounds((row) => recorded[row].value, 2)), ["unclear", "unclear", "unclear"]);
  assert.deepEqual(outcomes(steadyRounds(() => Number.NaN)), ["unclear", "unclear", "unclear"]);
  assert.match(verdictText(decide(wide, settings)), /NOT JUDGED, gossamer-0/);
});

test("a guard that finds something looks again, and one that finds nothing does not", () => {
  const holds = decide(
    steadyRounds((row) => recorded[row].value),
    settings,
  );
  const grew = decide(
    steadyRounds((row) => recorded[row].value + 5),
    settings,
  );
  assert.deepEqual(
    [isOver(holds, 0), isOver(grew, 0), isOver({ ...grew, rounds: looks.at(-1)! }, 0)],
    [true, false, true],
  );
});

test("on a busy machine it decides after fewer rounds, but goes on for a while where it cannot tell", () => {
  const late = 100_000;
  const grew = decide(
    steadyRounds((row) => recorded[row].value + 5),
    settings,
  );
  const unclear = decide(
    steadyRounds((row) => recorded[row].value, 2),
    settings,
  );
  assert.deepEqual([isLook(4, late), isLook(5, late), isLook(5, 0), isLook(7, 0)], [false, true, false, true]);
  assert.deepEqual([isOver(grew, late), isOver(unclear, late), isOver(unclear, 3 * late)], [true, false, true]);
});

test("a recording allows what its own runs differ by, and never less than a tenth", () => {
  const machine = { cpu: "x", node: "v1", loadAverage: [0, 0, 0], at: new Date(0) };
  const steady = [0, 1, 2, 3].map(() => steadyRounds(() => 4));
  assert.deepEqual(record(steady, machine).rows["gossamer-0"], { value: 4, low: 3.6, high: 4.4 });
  const unsteady = [3, 4, 5].map((value) => steadyRounds(() => value));
  const { value, high } = record(unsteady, machine).rows["gossamer-0"];
  assert.deepEqual([value, high], [4, 7]);
});

test("the interval of a trimmed mean holds the truth about 95 times in 100, wild rounds or not", () => {
  for (const wild of [0, wildShare]) {
    const held = Array.from({ length: 4000 }, () => {
      const values = Array.from({ length: 7 }, () => normal() * (random() < wild ? wildFactor : 1));
      const { low, high } = trimmedMean(values, roundTrim);
      return low <= 0 && high >= 0;
    }).filter(Boolean).length;
    assert.ok(held > 0.93 * 4000 && held < 0.985 * 4000, `${held} of 4000`);
  }
});
