import fc from "fast-check";
import { expect, test } from "vitest";
import { hasWholeEscapes, percentDecode } from "./percent-decode.ts";

test("what decodeURIComponent can decode is decoded alike (A4)", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(percentDecode(encodeURIComponent(text))).toBe(text);
    }),
  );
});

test.each([
  ["", ""],
  ["plain", "plain"],
  ["%", "%"],
  ["%4", "%4"],
  ["%zz%41", "%zzA"],
  ["%%41", "%A"],
  ["%c3%a4%C3", "ä\ufffd"],
  ["a%E0.t%6fken", "a\ufffd.token"],
])("%j becomes %j, without an exception (A4)", (text, decoded) => {
  expect(percentDecode(text)).toBe(decoded);
});

test("an escape is whole or broken, wherever it stands (A4)", () => {
  for (const whole of ["", "a", "%41", "a%41b%ff"]) expect(hasWholeEscapes(whole), whole).toBe(true);
  for (const broken of ["%", "%4", "%4g", "a%41%", "%%41"]) expect(hasWholeEscapes(broken), broken).toBe(false);
});
