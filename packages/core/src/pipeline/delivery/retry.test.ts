import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, nextStep } from "./retry.ts";

const settings = { attempts: 5, initialMs: 500, maxMs: 5_000, totalMs: 30_000 };

describe("retry", () => {
  it("doubles the pause from 500 ms to 5 s and takes up to half of it away by chance (R-P6)", () => {
    const longest = [1, 2, 3, 4, 5, 50, 5_000].map((failures) => backoffMs(failures, settings, () => 1));
    expect(longest).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(backoffMs(2, settings, () => 0)).toBe(500);
  });

  it("gives a batch up after the last attempt (R-P6)", () => {
    const failed = { attempt: 5, elapsedMs: 0, askedMs: undefined };
    expect(nextStep(failed, settings, () => 1)).toEqual({ step: "give-up" });
    expect(nextStep({ ...failed, attempt: 4 }, settings, () => 1)).toEqual({ step: "again", afterMs: 4_000 });
  });

  it("gives a batch up when its time would pass before the next try (R-P6)", () => {
    expect(nextStep({ attempt: 1, elapsedMs: 29_800, askedMs: undefined }, settings, () => 1)).toEqual({
      step: "give-up",
    });
  });

  it("waits as long as the collector asks (R-P6)", () => {
    expect(nextStep({ attempt: 1, elapsedMs: 0, askedMs: 7_000 }, settings, () => 1)).toEqual({
      step: "again",
      afterMs: 7_000,
    });
  });

  it("keeps a batch for later when the collector asks for more time than a batch has (R-P6)", () => {
    expect(nextStep({ attempt: 1, elapsedMs: 0, askedMs: 300_000 }, settings, () => 1)).toEqual({ step: "put-back" });
  });

  it("never tries more often, longer or sooner than it may (R-P6)", () => {
    const asked = fc.option(fc.nat(300_000), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(asked, { minLength: 10, maxLength: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (asks, chance) => {
          let elapsedMs = 0;
          let attempt = 1;
          for (const askedMs of asks) {
            const next = nextStep({ attempt, elapsedMs, askedMs }, settings, () => chance);
            if (next.step !== "again") return;
            expect(next.afterMs).toBeGreaterThanOrEqual(Math.max(250, askedMs ?? 0));
            elapsedMs += next.afterMs;
            attempt++;
            expect(elapsedMs).toBeLessThanOrEqual(30_000);
            expect(attempt).toBeLessThanOrEqual(5);
          }
        },
      ),
    );
  });
});
