import { describe, expect, test } from "vitest";
import { CostMeter } from "./cost-meter.ts";

/** A meter whose time passes by hand. */
function meterByHand(sampleEvery = 10): { meter: CostMeter; work: (ms: number) => void } {
  let nowMs = 0;
  const meter = new CostMeter({ sampleEvery, now: () => nowMs });
  return { meter, work: (ms) => void (nowMs += ms) };
}

/** Requests pass, of which the last is measured. */
function request(
  { meter, work }: ReturnType<typeof meterByHand>,
  { beginMs = 0.002, runMs = 0.001, endMs = 0.007, isTraced = false } = {},
): void {
  meter.untilSample = 0;
  const measured = meter.next();
  measured.begin(() => work(beginMs));
  const entered = measured.entering(() => work(50));
  work(runMs);
  entered();
  measured.end(() => {
    measured.isTraced = isTraced;
    work(endMs);
  });
}

describe("a request that is measured", () => {
  test("stands for all that are not, and 16 of them tell what one costs (R-O1)", () => {
    const made = meterByHand();
    const { meter } = made;
    for (let i = 0; i < 15; i++) request(made);
    expect(meter.since(meter.total())).toMatchObject({ requestUs: undefined, totalMs: 0 });
    for (let i = 0; i < 5; i++) request(made);
    expect(meter.requests).toBe(200);
    const { totalMs, requestUs, blockMaxMs } = meter.since(meter.total());
    expect(totalMs).toBeCloseTo(0.5);
    expect(requestUs).toBeCloseTo(10);
    expect(blockMaxMs).toBeCloseTo(0.007);
    const { begin, run, end } = meter.total();
    expect([begin, run, end].map((ms) => Math.round(ms * 1_000))).toEqual([400, 200, 1_400]);
  });

  test("comes some milliseconds after the last one: of a flood fewer are measured, each for more, and none is forgotten (R-O1)", () => {
    let nowMs = 0;
    const meter = new CostMeter({ sampleEvery: 10, apartMs: 50, now: () => nowMs });
    let measuredSoFar = 0;
    const pass = (count: number, apartMs: number): number => {
      const before = measuredSoFar;
      for (let i = 0; i < count; i++) {
        nowMs += apartMs;
        if (--meter.untilSample > 0) continue;
        measuredSoFar++;
        const measured = meter.next();
        measured.begin(() => void (nowMs += 0.001));
        measured.end(() => {});
      }
      return measuredSoFar - before;
    };
    expect(pass(1_000, 10)).toBe(100);
    // Ten seconds at 20,000 a second.
    const inFlood = pass(200_000, 0.05);
    expect(inFlood).toBeGreaterThan(100);
    expect(inFlood).toBeLessThan(230);
    expect(pass(40_000, 10)).toBeGreaterThan(3_500);
    expect(meter.requests).toBe(241_000);
    expect(meter.total().begin).toBeCloseTo(241, -1);
  });

  test("is one of the last 63 that tell what one costs: a few dear ones since the last look are no reason to act (R-O1)", () => {
    const made = meterByHand();
    for (let i = 0; i < 61; i++) request(made);
    made.meter.since(made.meter.total());
    for (let i = 0; i < 2; i++) request(made, { endMs: 0.05 });
    const { requestUs = 0, totalMs } = made.meter.since(made.meter.total());
    expect(requestUs).toBeCloseTo((61 * 10 + 2 * 53) / 63);
    expect(totalMs).toBeCloseTo((20 * requestUs) / 1_000);
  });

  test("says what there is to gain: all that it takes more than one without a trace (R-O2)", () => {
    const made = meterByHand(1);
    const { meter, work } = made;
    for (let i = 0; i < 68; i++) request(made, i > 4 && i % 3 === 0 ? { endMs: 0.037, isTraced: true } : {});
    meter.timed("metrics", () => work(5));
    meter.timed("governor", () => work(1));
    meter.timed("export", () => work(2));
    const { totalMs, gainableMs } = meter.since({ ...meter.total(), metrics: 0, governor: 0, export: 0 });
    expect(totalMs).toBeCloseTo(68 * 0.02 + 8);
    expect(gainableMs).toBeCloseTo(68 * 0.01 + 2);
  });

  test("is all to gain where each has a trace (R-O2)", () => {
    const made = meterByHand(1);
    for (let i = 0; i < 60; i++) request(made, { isTraced: true });
    const { totalMs, gainableMs } = made.meter.since(made.meter.total());
    expect(gainableMs).toBeCloseTo(0.6);
    expect(totalMs).toBeCloseTo(0.6);
  });

  test("counts again from nothing once what a request costs is another thing (R-O1)", () => {
    const made = meterByHand();
    for (let i = 0; i < 60; i++) request(made, { endMs: 0.05 });
    made.meter.forget();
    expect(made.meter.since(made.meter.total()).requestUs).toBeUndefined();
    for (let i = 0; i < 16; i++) request(made);
    expect(made.meter.since(made.meter.total()).requestUs).toBeCloseTo(10);
  });

  test("that was interrupted counts as eight usual ones: the wall clock of a busy machine is not its CPU (R-O1)", () => {
    const { meter, work } = meterByHand(1);
    for (const ms of [1, 1, 1, 1, 1, 1, 1, 100, 1, 1]) meter.timed("end", () => work(ms));
    expect(meter.total().end).toBe(17);
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

describe("work that comes as often as lines do", () => {
  test("is measured each time while it is rare, and of a flood in some, which stand for the others (R-O1)", () => {
    let nowMs = 0;
    let looks = 0;
    const meter = new CostMeter({
      sampleEvery: 10,
      apartMs: 50,
      now: () => {
        looks++;
        return nowMs;
      },
    });
    const often = meter.often("logs");
    const pass = (count: number, apartMs: number): { costMs: number; looks: number } => {
      const before = { costMs: meter.total().logs, looks };
      let right = 0;
      for (let i = 0; i < count; i++) {
        nowMs += apartMs;
        if (often(() => ((nowMs += 0.002), i)) === i) right++;
      }
      expect(right).toBe(count);
      return { costMs: meter.total().logs - before.costMs, looks: looks - before.looks };
    };
    const rare = pass(100, 300);
    expect(rare.costMs).toBeCloseTo(0.2);
    expect(rare.looks).toBe(300);
    // Ten seconds at 20,000 a second.
    const flood = pass(200_000, 0.048);
    expect(flood.costMs).toBeCloseTo(400, -2);
    expect(flood.looks).toBeLessThan(900);
  });

  test("inside of measured work counts once, whether its turn has come or not (R-O1)", () => {
    let nowMs = 0;
    const meter = new CostMeter({ sampleEvery: 1, apartMs: 50, now: () => nowMs });
    const often = meter.often("logs");
    const work = (ms: number): void => void (nowMs += ms);
    for (let i = 0; i < 10_000; i++) {
      meter.timed("export", () => {
        work(1 / 128);
        often(() => work(1 / 256));
      });
    }
    const { export: exports, logs } = meter.total();
    expect(exports).toBeCloseTo(10_000 / 128);
    expect(logs / (10_000 / 256)).toBeGreaterThan(0.8);
    expect(logs / (10_000 / 256)).toBeLessThan(1.1);
  });

  test("of one kind, when it throws, throws, and is counted (R-O1)", () => {
    let nowMs = 0;
    const meter = new CostMeter({ sampleEvery: 1, now: () => nowMs });
    const often = meter.often("plugins");
    expect(() =>
      often(() => {
        nowMs += 3;
        throw new Error("by the plugin");
      }),
    ).toThrow("by the plugin");
    expect(meter.total().plugins).toBe(3);
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

describe("a stretch of work that is rare", () => {
  test("counts as eight usual ones at most where it was interrupted (R-O1)", () => {
    const { meter, work } = meterByHand();
    for (let i = 0; i < 40; i++) meter.timed("export", () => work(0.05));
    meter.timed("export", () => work(60));
    expect(meter.total().export).toBeCloseTo(40 * 0.05 + 0.4);
    // The event loop stood still all the same.
    expect(meter.since(meter.total()).blockMaxMs).toBe(60);
  });

  test("is no interrupted one where most others do nothing: what is usual is where the time goes (R-O1)", () => {
    const { meter, work } = meterByHand();
    for (let i = 0; i < 100; i++) meter.timed("plugins", () => work(i % 5 === 0 ? 1 : 0.001));
    expect(meter.total().plugins).toBeCloseTo(20.08);
  });

  test("is believed where all of them have become longer (R-O1)", () => {
    const { meter, work } = meterByHand();
    for (let i = 0; i < 100; i++) meter.timed("export", () => work(0.05));
    const before = meter.total().export;
    for (let i = 0; i < 100; i++) meter.timed("export", () => work(5));
    expect(meter.total().export - before).toBeGreaterThan(300);
  });
});

test("requests that are not observed are none of those that are measured (R-O1)", () => {
  const made = meterByHand(100);
  const { meter } = made;
  meter.untilSample -= 30;
  expect(meter.requests).toBe(30);
  meter.stepAside();
  for (let i = 0; i < 10; i++) {
    meter.untilSample--;
    meter.untilSample = 1;
  }
  expect(meter.requests).toBe(30);
  meter.untilSample--;
  meter.next();
  expect(meter.requests).toBe(31);
});
