import { expect, test, vi } from "vitest";
import { RingStore } from "../fallback/ring-store.ts";
import { handTime } from "../testing/hand-time.ts";
import { createPipeline, lines } from "../testing/pipeline-kit.ts";

/** One batch is on its way to a collector that does not answer, one chunk waits. */
async function withOneUnderWay(kind: "file" | "ring") {
  const time = handTime();
  const put = vi.fn<RingStore["putNow"]>();
  const pipeline = createPipeline({
    sender: {
      destination: "http://test",
      prepare: (parts) => Promise.resolve(parts),
      send: () => new Promise(() => {}),
      close() {},
    },
    settings: { maxConcurrentExports: 1 },
    store(lost) {
      const store = new RingStore({ maxBytes: 10_000, lost });
      const putNow = store.putNow.bind(store);
      put.mockImplementation(putNow);
      return Object.assign(store, { kind, putNow: put });
    },
    now: () => time.nowMs,
    random: () => 0.5,
    startTimer: time.startTimer,
  });
  pipeline.add(lines("sent", 2), time.nowMs);
  await time.runUntil(100);
  pipeline.add(lines("waits", 3), time.nowMs);
  await time.runUntil(200);
  expect(pipeline.status()).toMatchObject({ inFlight: 2, queued: 3 });
  const written = (): [string, boolean][] =>
    put.mock.calls.map(([body, , uncertain]) => [Buffer.concat(body).toString().split(".")[0]!, uncertain]);
  return { pipeline, time, written };
}

test("a process that ends writes all to the spool, and marks what may have arrived (R-P9)", async () => {
  const { pipeline, written } = await withOneUnderWay("file");
  expect(pipeline.leaveNow()).toEqual({ spooled: 5, lost: 0 });
  expect(written()).toEqual([
    ["sent", true],
    ["waits", false],
  ]);
  expect(pipeline.status()).toMatchObject({ spooled: 5, inFlight: 0, queued: 0 });
});

test("in an emergency what is on its way goes on, and only what waits is written (R-P10)", async () => {
  const { pipeline, time, written } = await withOneUnderWay("file");
  const flushed = pipeline.emergencyFlush(100);
  await time.runUntil(500);
  await expect(flushed).resolves.toBe(true);
  expect(written()).toEqual([["waits", false]]);
  expect(pipeline.status()).toMatchObject({ spooled: 3, inFlight: 2, queued: 0, dropped: 0 });
});

test("a ring ends with its process, so what is in memory is lost, and said to be (R-P9)", async () => {
  const { pipeline, written } = await withOneUnderWay("ring");
  expect(pipeline.leaveNow()).toEqual({ spooled: 0, lost: 5 });
  expect(written()).toEqual([]);
});
