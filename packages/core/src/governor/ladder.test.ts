import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { governorSteps, type GovernorStep, type Restraint } from "../model/governor/governor-steps.ts";
import { Ladder, type LadderLook, type LadderSettings, type Wish } from "./ladder.ts";

const settings: LadderSettings = { dwellMs: 30_000, calmMs: 300_000, factor: 0.5, minRatio: 0.01, floor: "metrics" };
const caps = [0.1, 0.05];
const anything: Wish = { step: "metrics", cuts: Infinity, maxRatio: 1, isUrgent: false };
const load: Wish = { step: "ratio", cuts: 1, maxRatio: 1, isUrgent: false };

interface Moment {
  readonly wish: Wish | undefined;
  readonly isCalm: boolean;
}

/** Looks each 30 s, and answers what held after each. */
function course(ladder: Ladder, moments: readonly Moment[], topRatio = 1, beganMs = 0): Restraint[] {
  return moments.map(({ wish, isCalm }, i) => {
    ladder.look({ nowMs: beganMs + i * 30_000, wish, isCalm, topRatio, caps });
    return ladder.restraint;
  });
}

function times(count: number, moment: Partial<Moment>): Moment[] {
  return Array.from({ length: count }, () => ({ wish: undefined, isCalm: false, ...moment }));
}

function names(restraints: readonly Restraint[]): GovernorStep[] {
  return restraints.map(({ step }) => step);
}

describe("down", () => {
  test("it goes one step a look, and cuts the ratio down to its least before it takes the next (R-O2)", () => {
    const held = course(new Ladder(settings), times(12, { wish: anything }));
    expect(names(held)).toEqual([
      "children",
      ...Array.from({ length: 7 }, () => "ratio"),
      "roots",
      ...Array.from({ length: 3 }, () => "metrics"),
    ]);
    expect(held.slice(1, 8).map(({ ratioFactor }) => ratioFactor)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((cuts) => 0.5 ** cuts),
    );
  });

  test("a ratio that is low already is not cut, so that the way to the next step is not longer for it (R-O2)", () => {
    expect(names(course(new Ladder(settings), times(4, { wish: anything }), 0.01))).toEqual([
      "children",
      "roots",
      "metrics",
      "metrics",
    ]);
  });

  test("it goes no further than the floor (R-O2)", () => {
    for (const floor of governorSteps) {
      const held = course(new Ladder({ ...settings, floor }), times(20, { wish: { ...anything, step: "off" } }));
      expect(held.at(-1)?.step).toBe(floor);
    }
  });

  test("load goes as far as one cut of the ratio, and sets its maximum (R-S14)", () => {
    const held = course(new Ladder(settings), times(5, { wish: { ...load, maxRatio: 0.05 } }));
    expect(held.at(-1)).toEqual({ step: "ratio", ratioFactor: 0.5, maxRatio: 0.05 });
    expect(names(held)).toEqual(["children", "ratio", "ratio", "ratio", "ratio"]);
  });

  test("what is urgent is there at once (R-O4)", () => {
    expect(names(course(new Ladder(settings), times(1, { wish: { ...load, step: "roots", isUrgent: true } })))).toEqual(
      ["roots"],
    );
  });
});

describe("up", () => {
  test("it goes one step each time all was calm for long enough, the way it came (R-O2)", () => {
    const ladder = new Ladder(settings);
    course(ladder, times(20, { wish: anything }));
    const held = course(ladder, times(200, { isCalm: true }), 1, 600_000);
    const way = held.filter(
      (one, i) => i === 0 || one.step !== held[i - 1]?.step || one.ratioFactor !== held[i - 1]?.ratioFactor,
    );
    expect(names(way)).toEqual(["metrics", "roots", ...Array.from({ length: 7 }, () => "ratio"), "children", "full"]);
    expect(held.findIndex(({ step }) => step === "roots")).toBe(10);
  });

  test("what was passed over on the way down is passed over on the way up (R-O2)", () => {
    const ladder = new Ladder(settings);
    course(ladder, times(4, { wish: anything }), 0.01);
    const steps = names(course(ladder, times(60, { isCalm: true }), 0.01, 120_000));
    expect([...new Set(steps)]).toEqual(["metrics", "roots", "children", "full"]);
  });

  test("neither well nor ill it stays where it is (R-O2)", () => {
    const ladder = new Ladder(settings);
    course(ladder, times(1, { wish: anything }));
    expect(new Set(names(course(ladder, times(1_000, {}), 1, 30_000)))).toEqual(new Set(["children"]));
  });

  test("a maximum is let go from tight to loose (R-S14)", () => {
    const ladder = new Ladder(settings);
    course(ladder, times(4, { wish: { ...load, cuts: 0, maxRatio: 0.05 } }));
    const held = course(ladder, times(40, { isCalm: true }), 1, 120_000);
    expect([...new Set(held.map(({ maxRatio }) => maxRatio))]).toEqual([0.05, 0.1, 1]);
  });

  test("a step down soon after one up doubles the wait for the next, up to twelve times (R-O2)", () => {
    const ladder = new Ladder(settings);
    const waits: number[] = [];
    let nowMs = 0;
    for (let round = 0; round < 8; round++) {
      ladder.look({ nowMs, wish: anything, isCalm: false, topRatio: 1, caps });
      waits.push(ladder.waitMs / 60_000);
      while (ladder.restraint.step !== "full")
        ladder.look({ nowMs: (nowMs += 30_000), wish: undefined, isCalm: true, topRatio: 1, caps });
      nowMs += 30_000;
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60, 60]);
  });
});

describe("whatever comes", () => {
  const wishes = fc.record({
    step: fc.constantFrom<GovernorStep>("children", "ratio", "roots", "metrics", "off"),
    cuts: fc.constantFrom(0, 1, Infinity),
    maxRatio: fc.constantFrom(1, 0.1, 0.05),
    isUrgent: fc.boolean(),
  });
  const looks = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 60_000 }),
      wish: fc.option(wishes, { nil: undefined, freq: 2 }),
      isCalm: fc.boolean(),
      topRatio: fc.constantFrom(1, 0.1, 0.01, 0.001, 0),
    }),
    { maxLength: 120 },
  );
  const others = fc.record({
    floor: fc.constantFrom<GovernorStep>(...governorSteps),
    factor: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    minRatio: fc.constantFrom(0, 0.01, 0.5, 1),
  });

  test("in 10,000 courses there are never two changes in a dwell, and when all is calm it is back at full (R-O2)", () => {
    fc.assert(
      fc.property(looks, others, (passed, other) => {
        const ladder = new Ladder({ ...settings, ...other });
        let nowMs = 0;
        let changedMs = -Infinity;
        const look = (afterMs: number, rest: Omit<LadderLook, "nowMs" | "caps">): void => {
          nowMs += afterMs;
          const before = ladder.restraint;
          const moved = ladder.look({ nowMs, caps, ...rest });
          const { step, ratioFactor, maxRatio } = ladder.restraint;
          const isSame = before.step === step && before.ratioFactor === ratioFactor && before.maxRatio === maxRatio;
          if (isSame !== (moved === undefined))
            expect.fail(`it says ${JSON.stringify(moved)} of ${JSON.stringify([before, ladder.restraint])}`);
          if (moved === undefined) return;
          expect(nowMs - changedMs).toBeGreaterThanOrEqual(settings.dwellMs);
          changedMs = nowMs;
          expect(governorSteps.indexOf(ladder.restraint.step)).toBeLessThanOrEqual(governorSteps.indexOf(other.floor));
        };
        for (const { afterMs, ...rest } of passed) look(afterMs, rest);
        const before = governorSteps.indexOf(ladder.restraint.step);
        let ups = 0;
        // The longest wait is an hour, and there are at most as many steps as cuts and maxima.
        for (let i = 0; ladder.restraint.step !== "full" && i < 1_000; i++) {
          look(3_600_000, { wish: undefined, isCalm: true, topRatio: 1 });
          ups++;
        }
        expect(ladder.restraint).toEqual({ step: "full", ratioFactor: 1, maxRatio: 1 });
        if (before === 0) expect(ups).toBe(0);
      }),
      { numRuns: 10_000 },
    );
  });

  test("a cause that comes back with every step up moves it ever more rarely: there is no oscillation (R-O2)", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<GovernorStep>("children", "ratio", "roots"),
        fc.constantFrom(1, 0.1, 0.01),
        (needed, topRatio) => {
          // All is well as long as telemetry is held back to this step, and too much above it.
          const ladder = new Ladder(settings);
          const changes: number[] = [];
          const isEnough = (): boolean => governorSteps.indexOf(ladder.restraint.step) >= governorSteps.indexOf(needed);
          for (let nowMs = 0; nowMs < 86_400_000; nowMs += 30_000) {
            const moved = ladder.look({
              nowMs,
              wish: isEnough() ? undefined : anything,
              isCalm: isEnough(),
              topRatio,
              caps,
            });
            if (moved !== undefined) changes.push(nowMs);
          }
          const ofLastHours = changes.filter((atMs) => atMs >= 43_200_000);
          expect(ofLastHours.length).toBeLessThanOrEqual(26);
        },
      ),
    );
  });
});
