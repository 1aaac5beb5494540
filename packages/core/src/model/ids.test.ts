import fc from "fast-check";
import { expect, test } from "vitest";
import { spanIdText, traceIdText, word32 } from "./ids.ts";

const words = (count: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: count, maxLength: count });

/** The same in as many digits, the slow way. */
const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

test("a span id keeps every bit on its way to text and back (R-S1)", () => {
  fc.assert(
    fc.property(words(2), ([s0 = 0, s1 = 0]) => {
      const text = spanIdText(s0, s1);
      expect(text).toBe(digits(s0) + digits(s1));
      expect([word32(`x${text}y`, 1), word32(`x${text}y`, 9)]).toEqual([s0, s1]);
    }),
  );
});

test("a trace id keeps every bit on its way to text (R-S1)", () => {
  fc.assert(
    fc.property(words(4), ([t0 = 0, t1 = 0, t2 = 0, t3 = 0]) => {
      expect(traceIdText({ t0, t1, t2, t3 })).toBe([t0, t1, t2, t3].map(digits).join(""));
    }),
  );
});
