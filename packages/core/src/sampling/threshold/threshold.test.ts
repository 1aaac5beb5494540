import fc from "fast-check";
import { expect, test } from "vitest";
import { parseThreshold, reaches, thresholdOf } from "./threshold.ts";

const value = (threshold: { high: number; low: number }): bigint =>
  (BigInt(threshold.high) << 32n) | BigInt(threshold.low);

// The column "precision 4" of the table in OpenTelemetry's probability sampling specification.
test.each([
  [1, "0"],
  [1 / 2, "8"],
  [1 / 3, "aaab"],
  [1 / 4, "c"],
  [1 / 5, "cccd"],
  [1 / 8, "e"],
  [1 / 10, "e666"],
  [1 / 16, "f"],
  [1 / 100, "fd70a"],
  [1 / 1_000, "ffbe77"],
  [1 / 10_000, "fff9724"],
  [1 / 100_000, "ffff583a"],
  [1 / 1_000_000, "ffffef39"],
])("a ratio of %d is told as the threshold %s that the specification gives (R-S1)", (ratio, text) => {
  expect(thresholdOf(ratio)?.text).toBe(text);
});

test("the smallest ratio that samples anything is 2^-56, and only the greatest R reaches it (R-S1)", () => {
  const threshold = thresholdOf(2 ** -56)!;
  expect(threshold.text).toBe("f".repeat(14));
  expect(reaches(0xff_ffff, -1, threshold)).toBe(true);
  expect(reaches(0xff_ffff, -2, threshold)).toBe(false);
  expect(thresholdOf(2 ** -57)).toBeUndefined();
  expect(thresholdOf(0)).toBeUndefined();
});

test("the threshold that is told reads back as the one that decides (R-S1)", () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -56, max: 1, noNaN: true }), (ratio) => {
      const threshold = thresholdOf(ratio)!;
      expect(parseThreshold(threshold.text)).toEqual(threshold);
      expect(threshold.text).toMatch(/^f*[0-9a-f]{1,4}$/);
      const told = Number(2n ** 56n - value(threshold)) / 2 ** 56;
      expect(Math.abs(told - ratio)).toBeLessThanOrEqual(ratio * 2 ** -13 + 2 ** -57);
    }),
  );
});

test("comparing in two parts is comparing 56-bit numbers (R-S1)", () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 2n ** 56n - 1n),
      fc.bigInt(0n, 2n ** 56n - 1n),
      fc.boolean(),
      (random, other, isClose) => {
        const target = isClose ? (random & ~0xffn) | (other & 0xffn) : other;
        const threshold = parseThreshold(target.toString(16).padStart(14, "0"))!;
        expect(reaches(Number(random >> 32n), Number(random & 0xffff_ffffn) | 0, threshold)).toBe(random >= target);
      },
    ),
  );
});

test.each(["", "g", "F", "0".repeat(15), " 8", "8 ", "-1", "0x8"])("the threshold '%s' is not valid (R-S1)", (text) => {
  expect(parseThreshold(text)).toBeUndefined();
});
