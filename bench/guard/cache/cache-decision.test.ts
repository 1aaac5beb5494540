import assert from "node:assert/strict";
import { test } from "node:test";
import { noCosts } from "../../cache/costs.ts";
import type { CountedRequests } from "../../cache/count-requests.ts";
import { countsText, decideCounts } from "./cache-decision.ts";
import { type CountedRow, countedRows, readCacheRecording, recordCounts } from "./cache-recording.ts";

const process = (instructions: number, instructionMisses: number, slowdown = 1): CountedRequests => ({
  slowdown,
  all: noCosts,
  ours: noCosts,
  path: { instructions, instructionMisses, dataMisses: 1 },
  functions: [],
});
const both = (...processes: CountedRequests[]): Map<CountedRow, CountedRequests[]> =>
  new Map(countedRows.map((row) => [row, processes]));
const said = { node: "v24.0.0", at: new Date(0) };

const recording = recordCounts(both(process(1000, 200), process(1000, 200)), said);

test("what is recorded holds against itself", () => {
  assert.deepEqual(
    decideCounts(both(process(1000, 200)), recording, false).filter(({ outcome }) => outcome !== "holds"),
    [],
  );
});

test("instructions and misses grow by themselves, and the text names what did and how to see where", () => {
  const verdicts = decideCounts(both(process(1000, 230)), recording, false);
  assert.deepEqual(
    verdicts.filter(({ outcome }) => outcome !== "holds").map(({ row, measure }) => `${row} ${measure}`),
    ["gossamer-0 instructionMisses", "gossamer-100 instructionMisses"],
  );
  assert.match(countsText(verdicts), /gossamer-100 grew from 200 to 230 L1I misses a request.*--part cache/);
  assert.equal(decideCounts(both(process(1130, 200)), recording, false)[0]!.outcome, "grew");
});

test("where processes of the recording differed, so may those of a run", () => {
  const wide = recordCounts(both(process(1000, 180), process(1000, 200), process(1000, 220)), said);
  assert.equal(decideCounts(both(process(1000, 255)), wide, false)[1]!.outcome, "holds");
  assert.equal(decideCounts(both(process(1000, 265)), wide, false)[1]!.outcome, "grew");
});

test("the mean of all processes counts, so one that V8 compiled otherwise is no regression", () => {
  const counted = both(process(1000, 225), process(1000, 199), process(1000, 200));
  assert.equal(decideCounts(counted, recording, false)[1]!.outcome, "holds");
});

test("on another version of Node more is allowed, but not everything", () => {
  assert.equal(decideCounts(both(process(1000, 230)), recording, true)[1]!.outcome, "holds");
  assert.equal(decideCounts(both(process(1000, 300)), recording, true)[1]!.outcome, "grew");
});

test("a count that is no number has grown", () => {
  assert.ok(
    decideCounts(both(process(Number.NaN, Number.NaN)), recording, false).every(({ outcome }) => outcome === "grew"),
  );
});

test("on a busy machine what is above is not judged, unless waiting cannot be why, and it says so", () => {
  const busy = decideCounts(both(process(1250, 200, 4)), recording, false);
  assert.equal(busy[0]!.outcome, "unclear");
  assert.match(countsText(busy), /NOT JUDGED, gossamer-0: 1250 instructions .* 4\.0 times its CPU time/);
  assert.equal(decideCounts(both(process(1500, 200, 4)), recording, false)[0]!.outcome, "grew");
  assert.equal(
    decideCounts(both(process(1250, 200, 4), process(1250, 200, 1.1)), recording, false)[0]!.outcome,
    "grew",
  );
});

test("where nothing was counted nothing holds", () => {
  assert.ok(decideCounts(both(process(0, 0)), recording, false).every(({ outcome }) => outcome === "grew"));
});

test("the committed recording has every row", () => {
  const { rows } = readCacheRecording();
  assert.deepEqual(Object.keys(rows), countedRows);
});
