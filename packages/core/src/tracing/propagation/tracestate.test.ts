import fc from "fast-check";
import { expect, test } from "vitest";
import { writeThreshold } from "../../sampling/threshold/tracestate.ts";
import { parseTraceState } from "./trace-state.ts";
import { validTraceState } from "./tracestate.ts";

const members = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v${i}`).join(",");

test.each([
  ["congo=t61rcWkgMzE", "congo=t61rcWkgMzE"],
  ["a=1,b=2", "a=1,b=2"],
  ["a=1 , b=2", "a=1,b=2"],
  ["\ta=1\t,\t b=2 \t", "a=1,b=2"],
  ["", ""],
  [" ", ""],
  [",,,", ""],
  ["a=1,,b=2", "a=1,b=2"],
  [",a=1, \t,", "a=1"],
  ["a= 1", "a= 1"],
  ["a=1 2", "a=1 2"],
  ["0a=1", "0a=1"],
  ["fw529a3039@dt=1", "fw529a3039@dt=1"],
  ["a_-*/@0=1", "a_-*/@0=1"],
  ["a=!~;:\"'<>", "a=!~;:\"'<>"],
  ["a=1,b=2,a=3", "a=1,b=2"],
  [members(32), members(32)],
  [`${members(32)},,,`, members(32)],
  [`${"k".repeat(256)}=1`, `${"k".repeat(256)}=1`],
  [`a=${"v".repeat(256)}`, `a=${"v".repeat(256)}`],
])("the tracestate %j is carried on as %j (W3C level 2, R-I12)", (header, carried) => {
  expect(validTraceState(header)).toBe(carried);
});

test.each([
  ["33 members", members(33)],
  ["33 members, some of them equal", `${members(32)},k0=v`],
  ["a key of 257 characters", `${"k".repeat(257)}=1`],
  ["a value of 257 characters", `a=${"v".repeat(257)}`],
  ["no equals sign", "a=1,b"],
  ["no key", "=1"],
  ["no value", "a="],
  ["a value of space", "a= "],
  ["two equals signs", "a=1=2"],
  ["an upper-case key", "A=1"],
  ["an upper-case letter in a key", "aB=1"],
  ["a key that begins with an underscore", "_a=1"],
  ["a key that begins with an at sign", "@a=1"],
  ["a dot in a key", "a.b=1"],
  ["a space before the equals sign", "a =1"],
  ["a tab in a value", "a=1\t2"],
  ["a line break in a value", "a=1\r\nx-injected: 1"],
  ["a letter beyond ASCII", "a=é"],
  ["a control character", "a=\u0000"],
  ["DEL", "a=\u007f"],
  ["a good member beside a bad one", "good=1,bad"],
])("a tracestate with %s is dropped whole (W3C level 2, R-I12)", (_, header) => {
  expect(validTraceState(header)).toBe("");
  expect(parseTraceState(header)).toBeUndefined();
});

const key = fc.stringMatching(/^[a-z0-9][a-z0-9_*/@-]{0,20}$/);
const value = fc.stringMatching(/^[!-+.-<>-~ ]{0,10}[!-+.-<>-~]$/);

test("a valid tracestate is the same string, with a threshold written into it too (R-I12)", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 32 }),
      fc.constantFrom("8", undefined),
      (pairs, threshold) => {
        const header = pairs.map(([name, text]) => `${name}=${text}`).join(",");
        expect(validTraceState(header)).toBe(header);
        const written = writeThreshold(header, threshold);
        expect(validTraceState(written)).toBe(written);
      },
    ),
  );
});

test("any text at all is dropped or carried on in a valid form (R-I12)", () => {
  const unit = fc.constantFrom("a", "=", ",", " ", "\t", "A", "1", "é", "\0");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (header) => {
      const carried = validTraceState(header);
      expect(validTraceState(carried)).toBe(carried);
    }),
    { numRuns: 1_000 },
  );
});

test("the API's form reads, sets in front, and takes away, and leaves the original alone (R-I12)", () => {
  const state = parseTraceState("a=1,b=2")!;
  expect(state.get("b")).toBe("2");
  expect(state.get("c")).toBeUndefined();
  expect(state.set("b", "3").serialize()).toBe("b=3,a=1");
  expect(state.set("c", "3").serialize()).toBe("c=3,a=1,b=2");
  expect(state.unset("a").serialize()).toBe("b=2");
  expect(state.set("Bad", "1").set("c", "a,b=1").serialize()).toBe("a=1,b=2");
  expect(state.serialize()).toBe("a=1,b=2");
  expect(parseTraceState(members(32))!.set("new", "1").serialize().split(",")).toHaveLength(32);
});

test("more than the 512 characters of the API's own form are carried on (R-I12)", () => {
  const header = `a=${"v".repeat(256)},b=${"v".repeat(256)},c=1`;
  expect(parseTraceState(header)?.serialize()).toBe(header);
});
