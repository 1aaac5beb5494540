import { expect, test } from "vitest";
import { methodIndex, methodNames, MethodTable } from "./methods.ts";

test.each(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"])(
  "%s is a known method (R-L5)",
  (method) => {
    expect(methodNames[methodIndex(method)]).toBe(method);
  },
);

test.each(["get", "Get", "PROPFIND", "", "_OTHER", "__proto__", "constructor", "G".repeat(65_536), "GET "])(
  "%j counts as _OTHER (R-L5)",
  (method) => {
    expect(methodIndex(method)).toBe(0);
    expect(methodNames[0]).toBe("_OTHER");
  },
);

test("10,000 random methods make no name of their own (R-L5)", () => {
  const indexes = new Set(Array.from({ length: 10_000 }, (_, i) => methodIndex(`M${i}`)));
  expect([...indexes]).toEqual([0]);
});

test("a list of the user's takes the place of the standard one (R-L5)", () => {
  const table = new MethodTable(["GET", "PROPFIND", "GET", "_OTHER"]);
  expect(table.names).toEqual(["_OTHER", "GET", "PROPFIND"]);
  expect(table.name("PROPFIND")).toBe("PROPFIND");
  expect(table.name("POST")).toBe("_OTHER");
});
