import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const valid = `00-${trace}-${span}-01`;
const words = {
  t0: 0x0af76519,
  t1: 0x16cd43dd,
  t2: 0x8448eb21 | 0,
  t3: 0x1c80319c,
  s0: 0xb7ad6b71 | 0,
  s1: 0x69203331,
};

test.each([
  [valid, 1],
  [`00-${trace}-${span}-00`, 0],
  [`00-${trace}-${span}-02`, 2],
  [`00-${trace}-${span}-03`, 3],
  [`00-${trace}-${span}-ff`, 3],
  [`00-${trace}-${span}-09`, 1],
  [`00-${trace}-${span}-f0`, 0],
  [` \t${valid}\t `, 1],
  [`01-${trace}-${span}-01`, 1],
  [`cc-${trace}-${span}-01-what-the-future-will-be-like`, 1],
  [`cc-${trace}-${span}-01-`, 1],
  [`fe-${trace}-${span}-00`, 0],
])("the traceparent %j is understood (W3C level 2, R-I12)", (header, flags) => {
  expect(parseTraceparent(header)).toEqual({ ...words, flags });
});

const positions = [0, 1, 3, 34, 36, 51, 53, 54];

test.each([
  ["nothing", ""],
  ["only space", " \t "],
  ["version ff", `ff-${trace}-${span}-01`],
  ["version FE", `FE-${trace}-${span}-01`],
  ["a version of one digit", `0-${trace}-${span}-01`],
  ["a version of three digits", `000-${trace}-${span}-01`],
  ["a version that is no number", `xx-${trace}-${span}-01`],
  ["version 00 with more behind", `${valid}-01`],
  ["version 00 with a dash behind", `${valid}-`],
  ["version 00 with a digit behind", `${valid}0`],
  ["two headers in one", `${valid},${valid}`],
  ["a later version with a digit behind", `cc-${trace}-${span}-010`],
  ["a later version with a dot behind", `cc-${trace}-${span}-01.what`],
  ["a later version that is too short", `cc-${trace}-${span}-0`],
  ["two later headers in one", `01-${trace}-${span}-01,01-${trace}-${span}-01`],
  ["a trace id of zeros", `00-${"0".repeat(32)}-${span}-01`],
  ["a span id of zeros", `00-${trace}-${"0".repeat(16)}-01`],
  ["an upper-case trace id", `00-${trace.toUpperCase()}-${span}-01`],
  ["an upper-case span id", `00-${trace}-${span.toUpperCase()}-01`],
  ["upper-case flags", `00-${trace}-${span}-0A`],
  ["a short trace id", `00-${trace.slice(1)}-${span}-01`],
  ["a long trace id", `00-${trace}0-${span}-01`],
  ["a short span id", `00-${trace}-${span.slice(1)}-01`],
  ["a long span id", `00-${trace}-${span}0-01`],
  ["one digit of flags", `00-${trace}-${span}-1`],
  ["no flags", `00-${trace}-${span}`],
  ["no dash behind the version", `00.${trace}-${span}-01`],
  ["no dash behind the trace id", `00-${trace}.${span}-01`],
  ["no dash behind the span id", `00-${trace}-${span}.01`],
  ["space inside", `00 -${trace}-${span}-01`],
  ["64 KB of zeros", "0".repeat(65_536)],
  ...positions.flatMap((at) =>
    ["g", "/", ":", "`", "é", "\0", "\u0130", "-"].map((wrong): [string, string] => [
      `${JSON.stringify(wrong)} at ${at}`,
      valid.slice(0, at) + wrong + valid.slice(at + 1),
    ]),
  ),
])("a traceparent with %s is refused (W3C level 2, R-I12)", (_, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test("what is written reads back the same (R-I12)", () => {
  const word = fc.integer();
  fc.assert(
    fc.property(
      fc.record({ t0: word, t1: word, t2: word, t3: word, s0: word, s1: word }),
      fc.nat(255),
      (ids, flags) => {
        fc.pre((ids.t0 | ids.t1 | ids.t2 | ids.t3) !== 0 && (ids.s0 | ids.s1) !== 0);
        expect(parseTraceparent(formatTraceparent(ids, flags))).toEqual({ ...ids, flags: flags & 3 });
      },
    ),
  );
});

test("what is not to the letter the W3C's expression is refused (R-I12)", () => {
  const mutated = fc
    .tuple(fc.nat(54), fc.constantFrom("0", "a", "f", "-", "F", "g", " "))
    .map(([at, character]) => valid.slice(0, at) + character + valid.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 60 }), mutated), (header) => {
      const match = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(
        header.replace(/^[ \t]+|[ \t]+$/g, ""),
      );
      expect(parseTraceparent(header) !== undefined).toBe(match);
    }),
    { numRuns: 1_000 },
  );
});
