import fc from "fast-check";
import { expect, test } from "vitest";
import { type Clock, createClock } from "./clock.ts";

interface TestClock {
  readonly clock: Clock;
  /** Both clocks go on, the wall clock by as much more as it drifts. */
  pass(ms: number, driftMs?: number): void;
  readonly wallMs: () => number;
}

function testClock(): TestClock {
  let monotonic = 500;
  let wall = 1_700_000_000_000;
  const clock = createClock({ monotonicMs: () => monotonic, wallMs: () => wall });
  return {
    clock,
    pass(ms, driftMs = 0) {
      monotonic += ms;
      wall += ms + driftMs;
    },
    wallMs: () => wall,
  };
}

test("timestamps follow the wall clock (R-I1)", () => {
  const { clock, pass, wallMs } = testClock();
  pass(300);
  expect(clock.epochMs(clock.now())).toBe(wallMs());
});

test("within a minute timestamps hold on to one tie, so that spans line up (R-I1)", () => {
  const { clock, pass } = testClock();
  pass(30_000, 40);
  expect(clock.epochMs(clock.now())).toBe(1_700_000_000_000 + 30_000);
});

test("each minute the tie to the wall clock is renewed (R-I1)", () => {
  const { clock, pass, wallMs } = testClock();
  pass(60_000, 40);
  expect(clock.epochMs(clock.now())).toBe(wallMs());
  pass(59_000, 45);
  expect(clock.epochMs(clock.now())).toBe(wallMs() - 45);
  pass(1_000);
  expect(clock.epochMs(clock.now())).toBe(wallMs());
});

test("a wall clock that was set back is followed within a second (R-I1)", () => {
  const { clock, pass, wallMs } = testClock();
  pass(999, -3_600_000);
  expect(clock.epochMs(clock.now())).toBe(1_700_000_000_000 + 999);
  pass(1);
  expect(clock.epochMs(clock.now())).toBe(wallMs());
});

test.each([3_600_000, 51, -51])("a wall clock that jumps by %i ms is right within a second (C18)", (jumpMs) => {
  const { clock, pass, wallMs } = testClock();
  pass(5_000);
  clock.epochMs(clock.now());
  pass(1_000, jumpMs);
  expect(clock.epochMs(clock.now())).toBe(wallMs());
});

test("a time of day that a service gives after a jump is the moment it meant (C18)", () => {
  const { clock, pass, wallMs } = testClock();
  pass(1_000, -3_600_000);
  expect(clock.monotonicMs(wallMs())).toBe(clock.now());
});

test("a jitter of some milliseconds backwards does not move the tie (R-I1)", () => {
  const { clock, pass } = testClock();
  pass(2_000, -49);
  expect(clock.epochMs(clock.now())).toBe(1_700_000_000_000 + 2_000);
});

test("durations are those of the monotonic clock, whatever the wall clock does (R-I1)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(100_000), fc.integer({ min: -1e7, max: 1e7 })), { maxLength: 30 }),
      (steps) => {
        const { clock, pass } = testClock();
        let last = clock.now();
        for (const [ms, driftMs] of steps) {
          pass(ms, driftMs);
          expect(clock.now() - last).toBe(ms);
          last = clock.now();
          clock.epochMs(last);
        }
      },
    ),
  );
});

test("a moment given as time of day and told again is the same moment (R-I1)", () => {
  const { clock, pass } = testClock();
  pass(1_234.5);
  expect(clock.epochMs(clock.monotonicMs(1_700_000_000_700.25))).toBe(1_700_000_000_700.25);
});

test("the clock of the process reads this time (R-I1)", () => {
  const clock = createClock();
  expect(Math.abs(clock.epochMs(clock.now()) - Date.now())).toBeLessThan(5_000);
});
