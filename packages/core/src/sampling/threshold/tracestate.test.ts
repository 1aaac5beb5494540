import fc from "fast-check";
import { expect, test } from "vitest";
import { readOtelState, writeThreshold } from "./tracestate.ts";

test.each([
  ["", undefined],
  ["congo=t61", undefined],
  ["robot=th:8", undefined],
  ["ot=th:8", { threshold: "8" }],
  ["congo=t61 ,\tot=th:fd70a;rv:80000000000001", { threshold: "fd70a", randomHigh: 0x80_0000, randomLow: 1 }],
  ["ot=rv:ffffffffffffff", { randomHigh: 0xff_ffff, randomLow: -1 }],
  ["ot=rv:00000080000000", { randomHigh: 0, randomLow: -0x8000_0000 }],
  ["ot=rv:ffffffffffff", {}],
  ["ot=rv:fffffffffffffff", {}],
  ["ot=rv:FFFFFFFFFFFFFF", {}],
  ["ot=th:;rv:", {}],
  ["ot=th:g", {}],
  ["ot=th:123456789012345", {}],
  ["ot=xth:8;th:c", { threshold: "c" }],
])("the tracestate %j says %j of sampling (R-S1)", (tracestate, expected) => {
  const nothing = { threshold: undefined, randomHigh: undefined, randomLow: undefined };
  expect(readOtelState(tracestate)).toEqual(expected === undefined ? undefined : { ...nothing, ...expected });
});

test.each([
  ["", "8", "ot=th:8"],
  ["", undefined, ""],
  ["congo=t61,rojo=00f", "8", "ot=th:8,congo=t61,rojo=00f"],
  ["congo=t61,ot=th:c;rv:80000000000001,rojo=00f", "8", "ot=th:8;rv:80000000000001,congo=t61,rojo=00f"],
  ["congo=t61,ot=rv:80000000000001;x:1", "8", "ot=th:8;rv:80000000000001;x:1,congo=t61"],
  ["congo=t61,ot=th:c;rv:80000000000001", undefined, "ot=rv:80000000000001,congo=t61"],
  ["congo=t61,ot=th:c", undefined, "congo=t61"],
  ["ot=th:c", undefined, ""],
  ["congo=t61,ot=th:8", "8", "congo=t61,ot=th:8"],
  ["congo=t61, ot=rv:80000000000001", undefined, "congo=t61, ot=rv:80000000000001"],
  ["ot=th:c;th:8", "8", "ot=th:8"],
  ["congo=t61", "not hex", "congo=t61"],
])("%j with the threshold %j is %j: rv and all others keep their place (R-S1)", (before, threshold, after) => {
  expect(writeThreshold(before, threshold)).toBe(after);
});

test("with 32 members already there, the last gives way (R-S1)", () => {
  const members = Array.from({ length: 32 }, (_, i) => `k${i}=v`);
  expect(writeThreshold(members.join(","), "8")).toBe(["ot=th:8", ...members.slice(0, 31)].join(","));
});

test("an ot member that would get longer than 256 characters goes without a threshold (R-S1)", () => {
  const value = `rv:80000000000001;x:${"1".repeat(232)}`;
  expect(writeThreshold(`ot=${value}`, "8")).toBe(`ot=${value}`);
});

test("what is written reads back, and rv is never touched (R-S1)", () => {
  const hex = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
  const entries = fc.uniqueArray(fc.constantFrom("rv:80000000000001", "th:c", "a:1", "b:2"));
  const others = fc.uniqueArray(fc.stringMatching(/^[a-n][a-z]{0,5}$/), { maxLength: 31 });
  fc.assert(
    fc.property(entries, others, fc.option(hex(4), { nil: undefined }), (ot, keys, threshold) => {
      const members = keys.map((key) => `${key}=1`);
      if (ot.length > 0) members.splice(members.length >> 1, 0, `ot=${ot.join(";")}`);
      const before = members.join(",");
      const after = writeThreshold(before, threshold);
      expect(readOtelState(after)?.threshold).toBe(threshold);
      expect(readOtelState(after)?.randomHigh).toBe(readOtelState(before)?.randomHigh);
      expect(othersOf(after)).toEqual(othersOf(before));
    }),
  );
});

function othersOf(tracestate: string): string[] {
  return tracestate.split(",").filter((member) => member !== "" && !member.startsWith("ot="));
}
