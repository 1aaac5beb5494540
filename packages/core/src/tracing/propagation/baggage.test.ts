import { baggageEntryMetadataFromString, type BaggageEntry, propagation } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Tally } from "../../tally/tally.ts";
import { type BaggageLimits, formatBaggage, maxBaggageBytes, maxBaggageEntries, parseBaggage } from "./baggage.ts";

function read(header: string | readonly string[]): { entries: Record<string, string>; drops: Record<string, number> } {
  const drops = new Tally();
  const baggage = parseBaggage(header, drops);
  const entries = (baggage?.getAllEntries() ?? []).map(([key, entry]): [string, string] => [
    key,
    entry.metadata === undefined ? entry.value : `${entry.value};${entry.metadata.toString()}`,
  ]);
  return { entries: Object.fromEntries(entries), drops: drops.snapshot() };
}

test.each([
  ["userId=alice", { userId: "alice" }],
  ["a=1,b=2", { a: "1", b: "2" }],
  [" a\t= 1 ,\tb =2 ", { a: "1", b: "2" }],
  ["a=1;p=2;q,b=2 ; r = 3", { a: "1;p=2;q", b: "2;r = 3" }],
  ["a=", { a: "" }],
  ["a=b=c", { a: "b=c" }],
  ["a=%20%C3%A9%25", { a: " é%" }],
  ["a=%ff", { a: "\ufffd" }],
  ["a=%C3%A9%ff", { a: "é\ufffd" }],
  ["a=1,a=2", { a: "2" }],
  [",, ,a=1,", { a: "1" }],
  ["a%20b=1", { "a%20b": "1" }],
  [["a=1", "b=2"], { a: "1", b: "2" }],
])("the baggage %j is read as %j (W3C Baggage, R-I12)", (header, entries) => {
  expect(read(header)).toEqual({ entries, drops: {} });
});

test.each([
  "a",
  "=1",
  "a b=1",
  "a;p=1",
  "a;p",
  "a=%",
  "a=%2",
  "a=%zz",
  "a=%C3%A9%",
  "a=é",
  "a=1\u0000",
  "a=1\r\nx: 1",
  "ä=1",
  "a@b=1",
])("the broken member %j is dropped and counted, its neighbours stay (R-I12)", (member) => {
  expect(read(`x=1,${member},y=2`)).toEqual({ entries: { x: "1", y: "2" }, drops: { "baggage-malformed": 1 } });
});

test("a key of __proto__ or constructor is a key like any other (R-I12)", () => {
  const drops = new Tally();
  const baggage = parseBaggage("__proto__=1,constructor=2,toString=3", drops);
  expect(baggage?.getAllEntries().map(([key, { value }]) => [key, value])).toEqual([
    ["__proto__", "1"],
    ["constructor", "2"],
    ["toString", "3"],
  ]);
  expect(({} as Record<string, unknown>)["value"]).toBeUndefined();
});

test("at most 180 entries are read, over all headers together (R-L4)", () => {
  const lines = Array.from({ length: 100 }, (_, line) => `a${line}=1,b${line}=2`);
  const { entries, drops } = read(lines);
  expect(Object.keys(entries)).toHaveLength(maxBaggageEntries);
  expect(drops).toEqual({ "baggage-entries": 20 });
});

test("at most 8,192 bytes are read, over all headers together (R-L4)", () => {
  const lines = Array.from({ length: 100 }, (_, line) => `k${line}=${"v".repeat(200)}`);
  const { entries, drops } = read(lines);
  const kept = Object.entries(entries)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  expect(kept.length).toBeLessThanOrEqual(maxBaggageBytes);
  expect(Object.keys(entries)).toHaveLength(40);
  expect(drops).toEqual({ "baggage-bytes": 60 });
  expect(read(`a=1,${"x".repeat(16_384)}=1`)).toEqual({ entries: { a: "1" }, drops: { "baggage-bytes": 1 } });
});

test("commas and spaces alone, 16 KB of them, are nothing (R-L4)", () => {
  expect(read(", ".repeat(8_192)).entries).toEqual({});
});

test("what is written reads back the same (R-I12)", () => {
  const key = fc.oneof(
    fc.constantFrom("__proto__", "constructor"),
    fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,10}$/),
  );
  const entry = fc.record({
    value: fc.string({ unit: "grapheme", maxLength: 20 }),
    metadata: fc.constantFrom(undefined, "p=1", "p;q=2"),
  });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(key, entry), { selector: ([name]) => name, maxLength: 20 }), (pairs) => {
      let baggage = propagation.createBaggage();
      for (const [name, { value, metadata }] of pairs) {
        baggage = baggage.setEntry(
          name,
          metadata === undefined ? { value } : { value, metadata: baggageEntryMetadataFromString(metadata) },
        );
      }
      const expected = Object.fromEntries(
        pairs.map(([name, { value, metadata }]) => [name, metadata === undefined ? value : `${value};${metadata}`]),
      );
      expect(read(formatBaggage(baggage, new Tally()))).toEqual({ entries: expected, drops: {} });
    }),
  );
});

test("a header is only ever printable ASCII, whatever the entries hold (R-I12)", () => {
  const drops = new Tally();
  const entries: [string, BaggageEntry][] = [
    ["good", { value: "a,b;c=d\r\nx: 1\u2028é" }],
    ["lone", { value: "\ud800" }],
    ["bad key", { value: "1" }],
    ["a\r\nb", { value: "1" }],
    ["number", { value: 1 as never }],
    ["meta", { value: "1", metadata: baggageEntryMetadataFromString("p=1,injected=1") }],
    ["line", { value: "1", metadata: baggageEntryMetadataFromString("p\r\nx: 1") }],
  ];
  let baggage = propagation.createBaggage();
  for (const [key, entry] of entries) baggage = baggage.setEntry(key, entry);
  const header = formatBaggage(baggage, drops);
  expect(header).toMatch(/^[ -~]+$/);
  expect(read(header).entries).toEqual({ good: "a,b;c=d\r\nx: 1\u2028é", lone: "\ufffd", meta: "1", line: "1" });
  expect(drops.snapshot()).toEqual({ "baggage-malformed": 3 });
});

test("what is sent is bounded in entries and bytes, and the rest counted (R-L4)", () => {
  const drops = new Tally();
  let baggage = propagation.createBaggage({ huge: { value: "x".repeat(1_000_000) } });
  for (let i = 0; i < 200; i++) baggage = baggage.setEntry(`k${i}`, { value: "1" });
  const header = formatBaggage(baggage, drops);
  expect(header.split(",")).toHaveLength(maxBaggageEntries);
  expect(drops.snapshot()).toEqual({ "baggage-bytes": 1, "baggage-entries": 20 });
});

test("the bound in bytes counts the commas, within a header and between two (R-L4)", () => {
  const half = `=${"v".repeat(4_094)}`;
  expect(`a${half},b=${half.slice(2)}`).toHaveLength(maxBaggageBytes);
  for (const join of [(a: string, b: string) => `${a},${b}`, (a: string, b: string) => [a, b]]) {
    expect(read(join(`a${half}`, `b=${half.slice(2)}`)).drops).toEqual({});
    expect(read(join(`a${half}`, `b${half}`)).drops).toEqual({ "baggage-bytes": 1 });
  }
});

const open: BaggageLimits = {
  maxEntries: maxBaggageEntries,
  maxBytes: maxBaggageBytes,
  allowsIncoming: undefined,
  allowsOutgoing: undefined,
};

describe("bounds that the service sets", () => {
  test.each([2, 3, 4])("%i entries with a bound of 3, in and out (R-L4)", (count) => {
    const limits = { ...open, maxEntries: 3 };
    const members = Array.from({ length: count }, (_, i) => `k${i}=1`);
    const drops = new Tally();
    const incoming = parseBaggage(members, drops, limits);
    expect(incoming?.getAllEntries()).toHaveLength(Math.min(3, count));
    const all = parseBaggage(members, new Tally(), open) ?? propagation.createBaggage();
    expect(formatBaggage(all, drops, limits).split(",")).toHaveLength(Math.min(3, count));
    expect(drops.get("baggage-entries")).toBe(2 * Math.max(0, count - 3));
  });

  test.each([9, 10, 11])("%i bytes with a bound of 10, in and out (R-L4)", (bytes) => {
    const limits = { ...open, maxBytes: 10 };
    const header = `a=1,b=${"x".repeat(bytes - 6)}`;
    expect(header).toHaveLength(bytes);
    const fits = bytes <= 10;
    const drops = new Tally();
    expect(parseBaggage(header, drops, limits)?.getAllEntries()).toHaveLength(fits ? 2 : 1);
    const all = parseBaggage(header, new Tally(), open) ?? propagation.createBaggage();
    expect(formatBaggage(all, drops, limits)).toBe(fits ? header : "a=1");
    expect(drops.get("baggage-bytes")).toBe(fits ? 0 : 2);
  });

  test("bounds of 0 let nothing through (R-L4)", () => {
    const limits = { ...open, maxEntries: 0 };
    expect(parseBaggage("a=1", new Tally(), limits)).toBeUndefined();
    expect(formatBaggage(propagation.createBaggage({ a: { value: "1" } }), new Tally(), limits)).toBe("");
  });

  test("only entries that are allowed are read, and only those that are allowed are sent (R-L4)", () => {
    const limits: BaggageLimits = {
      ...open,
      allowsIncoming: (key) => key.startsWith("app."),
      allowsOutgoing: (key) => key === "app.tenant",
    };
    const drops = new Tally();
    const parsed = parseBaggage(["app.tenant=1,secret=2", "app.user=3"], drops, limits);
    expect(parsed?.getAllEntries().map(([key]) => key)).toEqual(["app.tenant", "app.user"]);
    expect(formatBaggage(parsed ?? propagation.createBaggage(), drops, limits)).toBe("app.tenant=1");
    expect(drops.snapshot()).toEqual({ "baggage-refused": 2 });
  });
});

test("8 KB of broken escapes cost about what 8 KB of plain entries do (A4)", () => {
  // What else the machine does is in the other tries.
  const fastest = (member: string): number => {
    const header = `${member},`.repeat(8_000 / (member.length + 1));
    const times = Array.from({ length: 31 }, () => {
      const began = performance.now();
      parseBaggage(header, new Tally());
      return performance.now() - began;
    });
    return Math.min(...times);
  };
  fastest("a=12345678");
  for (const hostile of ["a=%80", "a=%", "a=%zz", "=", ";", "a;b=%80"]) {
    expect(fastest(hostile), hostile).toBeLessThan(20 * fastest("a=12345") + 0.3);
  }
});
