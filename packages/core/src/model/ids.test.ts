import fc from "fast-check";
import { expect, test } from "vitest";
import { hex32, word32 } from "./ids.ts";

test("an id keeps every bit on its way to text and back (R-S1)", () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (word) => {
      const text = hex32(word);
      expect(text).toBe((word >>> 0).toString(16).padStart(8, "0"));
      expect(word32(`xx${text}yy`, 2)).toBe(word);
    }),
  );
});
