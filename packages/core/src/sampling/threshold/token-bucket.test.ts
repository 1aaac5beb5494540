import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("never gives more than the rate times the time and one burst, whatever the clock does (R-S19)", () => {
  const steps = fc.array(
    fc.record({ afterMs: fc.integer({ min: -500, max: 3_000 }), count: fc.integer({ min: 1, max: 5 }) }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 50 }), steps, (rate, burst, takes) => {
      const bucket = new TokenBucket(rate, burst);
      let now = 0;
      let latest = 0;
      let given = bucket.take(1, 0) ? 1 : 0;
      for (const { afterMs, count } of takes) {
        now += afterMs;
        latest = Math.max(latest, now);
        if (bucket.take(count, now)) given += count;
      }
      expect(given).toBeLessThanOrEqual((rate * latest) / 1_000 + burst + 1e-6);
    }),
  );
});

test("gives all of a number or none of it (R-S19)", () => {
  const bucket = new TokenBucket(10);
  expect(bucket.take(11, 0)).toBe(false);
  expect(bucket.take(10, 0)).toBe(true);
  expect(bucket.take(1, 99)).toBe(false);
  expect(bucket.take(1, 100)).toBe(true);
});

test("a rate below one a second still gives one, in its time (R-S19)", () => {
  const bucket = new TokenBucket(0.5);
  expect(bucket.take(1, 0)).toBe(true);
  expect(bucket.take(1, 1_999)).toBe(false);
  expect(bucket.take(1, 2_000)).toBe(true);
});

test("a rate of 0 gives nothing (R-S19)", () => {
  expect(new TokenBucket(0).take(1, 1e9)).toBe(false);
});

test("an hour of rest saves up no more than one burst (R-S19)", () => {
  const bucket = new TokenBucket(10, 20);
  bucket.take(20, 0);
  expect(bucket.take(21, 3_600_000)).toBe(false);
  expect(bucket.take(20, 3_600_000)).toBe(true);
});

test("a clock that steps back takes nothing away (R-S19)", () => {
  const bucket = new TokenBucket(10);
  expect(bucket.take(5, 1_000)).toBe(true);
  expect(bucket.take(5, 0)).toBe(true);
  expect(bucket.take(1, 1_000)).toBe(false);
});
