import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../testing/test-tracing.ts";
import { RandomPool } from "../../model/random.ts";
import { PairedCosts } from "./paired-costs.ts";
import { Trial, type TrialParts } from "./trial.ts";

/** From 0 to below 1. */
function chances(seed: number): () => number {
  const pool = new RandomPool(seededRandom(seed));
  return () => (pool.take() >>> 0) / 2 ** 32;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

interface Course {
  readonly seed: number;
  /** What traces and lines cost a request, in microseconds. */
  readonly plantedUs: number;
  readonly share?: number;
  /** How much of the cost the direct measure sees. */
  readonly seen?: number;
  /** Of the noise of one window, beside what a request costs anyway. */
  readonly noise?: number;
}

const baseUs = 300;

/** A service that runs for so many stretches, with a drift over the day, windows of unequal traffic and noise with a long tail. */
function simulate(
  { seed, plantedUs, share = 0.05, seen = 0.65, noise = 0.05 }: Course,
  change: Partial<TrialParts> = {},
) {
  const random = chances(seed);
  const levels = { cpuMs: 0, requests: 0, directMs: 0 };
  const factors: number[] = [];
  let isOff = false;
  let stretch = 0;
  const trial = new Trial({
    share,
    windowMs: 1_000,
    read: () => ({ ...levels }),
    isFree: () => true,
    leaveOut: (off) => (isOff = off),
    calibrate: (factor) => factors.push(factor),
    random,
    ...change,
  });
  return {
    trial,
    factors,
    run(stretches: number): void {
      for (let i = 0; i < stretches; i++) {
        stretch++;
        const requests = Math.round(500 * (0.5 + random()));
        const drift = 1 + 0.2 * Math.sin(stretch / 2_000);
        const tail = Math.exp(noise * normal(random) * 2);
        const addedUs = isOff ? 0 : plantedUs;
        levels.requests += requests;
        levels.cpuMs += (requests * (baseUs * drift * tail + addedUs)) / 1_000;
        levels.directMs += (requests * (5 + addedUs * seen)) / 1_000;
        trial.tick();
      }
    },
    get isOff(): boolean {
      return isOff;
    },
  };
}

describe("Trial", () => {
  test("a known cost lies within the interval in at least 93 % of 400 courses (R-O9)", () => {
    let hits = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const { trial, run } = simulate({ seed, plantedUs: 25 });
      run(2_000);
      const { lowUs = Infinity, highUs = -Infinity } = trial.report();
      if (lowUs <= 25 && 25 <= highUs) hits++;
    }
    expect(hits / 400).toBeGreaterThanOrEqual(0.93);
  });

  test("where every second stretch is a window that holds too: none is compared twice (R-O9)", () => {
    let hits = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const { trial, run } = simulate({ seed, plantedUs: 25, share: 0.5 });
      run(300);
      const { lowUs = Infinity, highUs = -Infinity } = trial.report();
      if (lowUs <= 25 && 25 <= highUs) hits++;
    }
    expect(hits / 400).toBeGreaterThanOrEqual(0.93);
  });

  test("it says not yet, and for how long, until the interval is narrower than its value (R-O9)", () => {
    const { trial, run } = simulate({ seed: 7, plantedUs: 25 });
    run(100);
    expect(trial.report()).toMatchObject({ state: "not yet", requestUs: undefined, factor: 1 });
    expect(trial.report().remainingMs).toBeGreaterThan(0);
    let stretches = 100;
    while (trial.report().state === "not yet" && stretches < 50_000) {
      run(500);
      stretches += 500;
    }
    const { requestUs = 0, lowUs = 0, highUs = 0, remainingMs } = trial.report();
    expect(highUs - lowUs).toBeLessThan(requestUs);
    expect(lowUs).toBeGreaterThan(0);
    expect(remainingMs).toBe(0);
  });

  test("where nothing is added it is never proven, and nobody says how long that would take (R-O9)", () => {
    const { trial, run } = simulate({ seed: 3, plantedUs: -20, noise: 0.01 });
    run(4_000);
    expect(trial.report()).toMatchObject({ state: "not yet", remainingMs: undefined, factor: 1 });
  });

  test("what is proven calibrates the direct measure: it sees a part, and is multiplied by the rest (R-O9)", () => {
    const { trial, run, factors } = simulate({ seed: 5, plantedUs: 40, seen: 0.5, noise: 0.01 });
    run(10_000);
    expect(trial.report().factor).toBeCloseTo(2, 0);
    expect(factors.at(-1)).toBe(trial.report().factor);
  });

  test("in random courses windows take at most their share, never two in a row, and none while telemetry is held back (R-O9)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.array(fc.constantFrom("tick", "tick", "tick", "tick", "hold", "free", "restart"), { maxLength: 300 }),
        (seed, share, events) => {
          let isFree = true;
          const course = simulate({ seed, plantedUs: 10, share }, { isFree: () => isFree });
          for (const event of events) {
            const before = course.isOff;
            if (event === "tick") {
              course.run(1);
              if (before) expect(course.isOff).toBe(false);
            } else if (event === "restart") {
              course.trial.restart();
              expect(course.trial.report().windows).toBe(0);
            } else {
              isFree = event === "free";
              course.trial.interrupt();
            }
            if (!isFree || event !== "tick") expect(course.isOff).toBe(false);
            expect(course.trial.isInside).toBe(course.isOff);
          }
        },
      ),
      { numRuns: 500 },
    );
    const { trial, run } = simulate({ seed: 11, plantedUs: 10, share: 0.05 });
    run(10_000);
    expect(trial.report().leftOut / (10_000 * 500)).toBeGreaterThan(0.04);
    expect(trial.report().leftOut / (10_000 * 500)).toBeLessThan(0.06);
  });

  test("a service without requests has no result, and nothing that is not a number (R-O9)", () => {
    const { trial } = simulate({ seed: 1, plantedUs: 0 }, { read: () => ({ cpuMs: 1, requests: 0, directMs: 0 }) });
    for (let i = 0; i < 1_000; i++) trial.tick();
    expect(trial.report()).toMatchObject({ windows: 0, requestUs: undefined, leftOut: 0, factor: 1 });
  });
});

describe("PairedCosts", () => {
  test("has Student's interval (R-O9)", () => {
    const costs = new PairedCosts();
    for (const value of [1, 2, 3, 4, 5]) costs.add({ cost: 10 + value, requests: 1 }, { cost: 10, requests: 1 });
    // t of 4 degrees is 2.776, the error 0.7071.
    expect(costs.interval()?.value).toBeCloseTo(3);
    expect(costs.interval()?.high).toBeCloseTo(3 + 2.776 * Math.SQRT1_2, 1);
    expect(new PairedCosts().interval()).toBeUndefined();
  });

  test("a stretch in which few requests began draws nothing up: what it costs belongs to those before it (R-O9)", () => {
    const costs = new PairedCosts();
    for (let i = 0; i < 100; i++) {
      // Each stretch does the work of 4 requests that began in the one before.
      const [before, now] = i % 2 === 0 ? [100, 4] : [4, 100];
      costs.add({ cost: 3 * (now - 4 + (before === 4 ? 4 : 8)), requests: now }, { cost: now, requests: now });
    }
    expect(costs.difference).toBeCloseTo(2, 0);
  });

  test("keeps the last thousand (R-O9)", () => {
    const many = new PairedCosts();
    for (let i = 0; i < 1_500; i++) many.add({ cost: i < 500 ? 1_000 : 1, requests: 1 }, { cost: 0, requests: 1 });
    expect([many.pairs, many.difference]).toEqual([1_000, 1]);
  });
});
