import { describe, expect, test } from "vitest";
import type { AttributeList } from "../model/attributes.ts";
import { testLimits } from "../testing/test-tracing.ts";
import { nameVerdict } from "./attribute-names.ts";
import { applyNames, type LimitSettings, putLimited, putLimitedAll } from "./span-limits.ts";

function limitsOf(limits: Partial<LimitSettings>): LimitSettings {
  return { ...testLimits, ...limits };
}

/** The list and the drops after one object was put, both into an empty list and into one that has something. */
function put(attributes: Record<string, unknown>, limits: Partial<LimitSettings>): [AttributeList, number] {
  const list: AttributeList = [];
  const dropped = putLimitedAll(list, attributes, limitsOf(limits));
  const one: AttributeList = [];
  let droppedOne = 0;
  for (const [key, value] of Object.entries(attributes)) droppedOne += putLimited(one, key, value, limitsOf(limits));
  expect([one, droppedOne]).toEqual([list, dropped]);
  return [list, dropped];
}

describe("a limit below, at and above its bound", () => {
  test.for<[length: number, kept: string]>([
    [7, "x".repeat(7)],
    [8, "x".repeat(8)],
    [9, "xxxxx..."],
  ])("a text of %i characters with a bound of 8 (R-L1)", ([length, kept]) => {
    expect(put({ a: "x".repeat(length) }, { valueLength: 8 })).toEqual([["a", kept], 0]);
    expect(put({ a: ["x".repeat(length)] }, { valueLength: 8 })).toEqual([["a", [kept]], 0]);
  });

  test.each([2, 3, 4])("an array of %i items with a bound of 3 (R-L1)", (items) => {
    const array = Array.from({ length: items }, (_, i) => i);
    expect(put({ a: array }, { arrayItems: 3 })).toEqual([["a", array.slice(0, 3)], 0]);
  });

  test.each([2, 3, 4])("%i attributes with a bound of 3 (R-L1)", (count) => {
    const attributes = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
    const [list, dropped] = put(attributes, { attributes: 3 });
    expect([list.length / 2, dropped]).toEqual([Math.min(3, count), Math.max(0, count - 3)]);
  });

  test("a bound of 0 leaves nothing and counts all (R-L1)", () => {
    expect(put({ a: 1, b: 2 }, { attributes: 0 })).toEqual([[], 2]);
    expect(put({ a: [1, 2] }, { arrayItems: 0 })).toEqual([["a", []], 0]);
    expect(put({ a: "text" }, { valueLength: 0 })).toEqual([["a", ""], 0]);
  });
});

test("what no attribute may hold is a drop, and null and undefined are nothing (R-L1)", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const values = { a: {}, b: Symbol("s"), c: 1n, d: () => 1, e: cyclic, f: [1, "a"], g: [{}], h: null, i: undefined };
  expect(put(values, {})).toEqual([[], 7]);
});

test("an array is copied, so that what its owner does later is not told (R-L1)", () => {
  const mine: unknown[] = ["a", "b"];
  const [list] = put({ mine }, {});
  mine.push({}, mine);
  mine[0] = 7;
  expect(list).toEqual(["mine", ["a", "b"]]);
});

test("an array that throws at a look, or a proxy that is revoked, is a drop (R-L1)", () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  const throwing = Object.defineProperty([1], 0, {
    get() {
      throw new Error("no");
    },
  });
  expect(put({ proxy, throwing }, {})).toEqual([[], 2]);
});

test("each getter that throws is one drop, the attributes around it stay, and nobody hears of it (R-L1)", () => {
  const fail = (): never => {
    throw new Error("no");
  };
  const given = {
    a: 1,
    get b(): number {
      return fail();
    },
    c: 3,
    get d(): number {
      return fail();
    },
    e: 5,
  };
  const list: AttributeList = [];
  expect(putLimitedAll(list, given, limitsOf({}))).toBe(2);
  expect(list).toEqual(["a", 1, "c", 3, "e", 5]);
  expect(putLimitedAll(list, given, limitsOf({}))).toBe(2);
  expect(list).toEqual(["a", 1, "c", 3, "e", 5]);
  const some = limitsOf({ attributes: 2 });
  const few: AttributeList = [];
  expect([putLimitedAll(few, given, some), few]).toEqual([3, ["a", 1, "c", 3]]);
});

test("a proxy that does not tell its names is one drop (R-L1)", () => {
  const given = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  expect(putLimitedAll([], given, limitsOf({}))).toBe(1);
  expect(putLimitedAll(["a", 1], given, limitsOf({}))).toBe(1);
});

test("names decide before values are looked at, and cost the span no drop (R-L2)", () => {
  const names = (name: string): number =>
    name === "gone" ? nameVerdict.remove : name === "secret" ? nameVerdict.redact : nameVerdict.keep;
  expect(put({ gone: {}, secret: {}, stays: 1 }, { names })).toEqual([["secret", "REDACTED", "stays", 1], 0]);
  const list: AttributeList = ["gone", 1, "stays", 2, "secret", 3, "gone", 4];
  applyNames(list, names);
  expect(list).toEqual(["stays", 2, "secret", "REDACTED"]);
});
