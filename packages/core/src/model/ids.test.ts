import fc from "fast-check";
import { expect, test } from "vitest";
import { hex32, idTexts, word32 } from "./ids.ts";

test("an id keeps every bit on its way to text and back (R-S1)", () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (word) => {
      const text = hex32(word);
      expect(text).toBe((word >>> 0).toString(16).padStart(8, "0"));
      expect(word32(`xx${text}yy`, 2)).toBe(word);
    }),
  );
});

test("both ids of a span at once are the same text (R-G1)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 6, maxLength: 6 }),
      ([t0 = 0, t1 = 0, t2 = 0, t3 = 0, s0 = 0, s1 = 0]) => {
        expect(idTexts({ t0, t1, t2, t3 }, s0, s1)).toEqual({
          traceId: hex32(t0) + hex32(t1) + hex32(t2) + hex32(t3),
          spanId: hex32(s0) + hex32(s1),
        });
      },
    ),
  );
});
