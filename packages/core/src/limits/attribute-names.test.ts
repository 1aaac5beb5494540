import { expect, test } from "vitest";
import type { AttributeFilter } from "../model/filters/attribute-filter.ts";
import { type AttributeNameSettings, compileAttributeNames, nameVerdict } from "./attribute-names.ts";

const { keep, remove, redact } = nameVerdict;

function compiled(settings: Partial<AttributeNameSettings>): { names: (name: string) => number; reasons: string[] } {
  const reasons: string[] = [];
  const names = compileAttributeNames({ filters: [], redact: [], removeDebug: false, ...settings }, (reason) =>
    reasons.push(reason),
  );
  if (names === undefined) throw new Error("nothing was compiled");
  return { names, reasons };
}

test("without filters no name costs anything (R-L2)", () => {
  expect(compileAttributeNames({ filters: [], redact: [], removeDebug: false }, () => {})).toBeUndefined();
});

test.for<[what: string, filters: AttributeFilter[], verdicts: Record<string, number>]>([
  ["a name is removed", [{ remove: "user.id" }], { "user.id": remove, "user.ids": keep }],
  ["a list of names", [{ remove: ["a", "b.*"] }], { a: remove, "b.c": remove, c: keep }],
  ["the first that fits decides", [{ keep: "app.*" }, { remove: "*" }], { "app.x": keep, other: remove }],
  ["a later one does not", [{ remove: "*" }, { keep: "app.*" }], { "app.x": remove }],
  ["what none fits is kept", [{ remove: "db.*" }], { "http.route": keep }],
])("%s (R-L2)", ([, filters, verdicts]) => {
  const { names } = compiled({ filters });
  // Twice: the second time it is remembered.
  for (let i = 0; i < 2; i++) {
    expect(Object.fromEntries(Object.keys(verdicts).map((name) => [name, names(name)]))).toEqual(verdicts);
  }
});

test.each([
  ["http.method", "http.request.method"],
  ["http.status_code", "http.response.status_code"],
  ["http.server.duration", "http.server.request.duration"],
  ["http.user_agent", "user_agent.original"],
])("the old name %s means %s, and what still comes under it (R-C5)", (before, now) => {
  const { names } = compiled({ filters: [{ remove: before }] });
  expect([names(before), names(now), names("http.route")]).toEqual([remove, remove, keep]);
});

test("a redacted name is told, its value is not; what a filter removes is gone before (R-L6)", () => {
  const { names, reasons } = compiled({ filters: [{ remove: "user.secret" }], redact: ["user.*"] });
  expect([names("user.mail"), names("user.secret"), names("other")]).toEqual([redact, remove, keep]);
  expect(reasons).toEqual(["filter"]);
});

test("debug attributes go, whatever the filters say, and nothing that is only named alike (R-L8)", () => {
  for (const filters of [[], [{ keep: "debug.*" }]]) {
    const { names, reasons } = compiled({ filters, removeDebug: true });
    const given = ["debug", "debug.sql", "debugger", "debug_info", "app.debug", "d", ""];
    expect(given.map(names)).toEqual([remove, remove, keep, keep, keep, keep, keep]);
    expect(reasons).toEqual(["debug", "debug"]);
  }
});

test("each removal is counted, the remembered ones too (R-L2)", () => {
  const { names, reasons } = compiled({ filters: [{ remove: "a" }] });
  for (let i = 0; i < 3; i++) names("a");
  expect(reasons).toEqual(["filter", "filter", "filter"]);
});

test("names made up without end are judged right, and not remembered without end (R-L2)", () => {
  const { names } = compiled({ filters: [{ remove: "x*7" }] });
  for (let i = 0; i < 10_000; i++) expect(names(`x${i}`)).toBe(String(i).endsWith("7") ? remove : keep);
  expect(names(`x${"y".repeat(100_000)}7`)).toBe(remove);
});

test("a pattern that is none is an error where filters are compiled (R-L2)", () => {
  expect(() => compiled({ redact: ["^a"] })).toThrow(RangeError);
});
