import { describe, expect, test } from "vitest";
import { CostMeter } from "./cost-meter.ts";

/** A meter whose time passes by hand. */
function meterByHand(sampleEvery = 10): { meter: CostMeter; work: (ms: number) => void } {
  let nowMs = 0;
  const meter = new CostMeter({ sampleEvery, now: () => nowMs });
  return { meter, work: (ms) => void (nowMs += ms) };
}

describe("a request that is measured", () => {
  test("stands for all that are not (R-O1)", () => {
    const { meter, work } = meterByHand();
    const before = meter.total();
    for (let i = 0; i < 6; i++) {
      meter.timed("begin", () => work(0.002));
      const entered = meter.entering(() => work(50));
      work(0.001);
      entered();
      meter.timed("end", () => work(0.007));
    }
    const { ms, totalMs, requestUs, blockMaxMs } = meter.since(before);
    expect([ms.begin, ms.run, ms.end, totalMs].map((value) => Math.round(value * 1_000))).toEqual([120, 60, 420, 600]);
    expect(requestUs).toBeCloseTo(10);
    expect(blockMaxMs).toBeCloseTo(0.007);
  });

  test("that was interrupted counts as the usual one: the wall clock of a busy machine is not its CPU (R-O1)", () => {
    const { meter, work } = meterByHand(1);
    for (const ms of [1, 1, 1, 1, 1, 1, 1, 100, 1, 1]) meter.timed("end", () => work(ms));
    expect(meter.total().end).toBe(10);
  });

  test("of the first ones counts as what turns out to be usual: code that runs for the first time is slow (R-O1)", () => {
    const { meter, work } = meterByHand(1);
    for (const ms of [500, 40, 1, 1]) meter.timed("end", () => work(ms));
    expect(meter.total().end).toBe(0);
    meter.timed("end", () => work(1));
    expect(meter.total().end).toBe(5);
    expect(meter.since(meter.total()).blockMaxMs).toBe(0);
  });

  test("that has become dearer for good is believed (R-O1)", () => {
    const { meter, work } = meterByHand(1);
    for (let i = 0; i < 100; i++) meter.timed("end", () => work(1));
    const before = meter.total().end;
    for (let i = 0; i < 100; i++) meter.timed("end", () => work(20));
    expect(meter.total().end - before).toBeGreaterThan(1_000);
  });

  test("is none as long as no request came (R-O1)", () => {
    const { meter } = meterByHand();
    expect(meter.since(meter.total()).requestUs).toBeUndefined();
  });
});

describe("work inside of other work", () => {
  test("counts once, as what it is (R-O1)", () => {
    const { meter, work } = meterByHand(1);
    meter.timed("export", () => {
      work(1);
      meter.timed("plugins", () => {
        work(4);
        meter.timed("logs", () => work(2));
      });
      work(1);
    });
    meter.timed("metrics", () => work(3));
    const { export: exports, plugins, logs, metrics } = meter.total();
    expect([exports, plugins, logs, metrics]).toEqual([2, 4, 2, 3]);
    expect(meter.since({ ...meter.total(), export: 0 }).blockMaxMs).toBe(8);
  });

  test("passes on what it throws, and is counted all the same (R-O1)", () => {
    const { meter, work } = meterByHand();
    expect(() =>
      meter.timed("plugins", () => {
        work(2);
        throw new Error("theirs");
      }),
    ).toThrow("theirs");
    expect(meter.total().plugins).toBe(2);
  });
});

test("the longest stretch is that since the last look (R-O1)", () => {
  const { meter, work } = meterByHand();
  meter.timed("export", () => work(9));
  expect(meter.since(meter.total()).blockMaxMs).toBe(9);
  expect(meter.since(meter.total()).blockMaxMs).toBe(0);
});
