import fc from "fast-check";
import { expect, test } from "vitest";
import { splitTarget } from "./split-target.ts";

const long = `/${"a".repeat(65_536)}`;

test.each([
  ["/", "/", ""],
  ["/users/1", "/users/1", ""],
  ["/users?page=2", "/users", "page=2"],
  ["/users?", "/users", ""],
  ["/a?b=1?c=2", "/a", "b=1?c=2"],
  ["/a#b?token=x", "/a", ""],
  ["/a?b=1#token=x", "/a", "b=1"],
  ["?a=1", "", "a=1"],
  ["*", "*", ""],
  ["*?a=1", "*", "a=1"],
  ["**", "", ""],
  ["", "", ""],
  ["//x@y", "//x@y", ""],
  ["//todo@txt", "//todo@txt", ""],
  ["/%", "/%", ""],
  ["/%61dmin", "/%61dmin", ""],
  ["http://", "/", ""],
  ["http://host", "/", ""],
  ["http://host?a=1", "/", "a=1"],
  ["http://host/a/b?c=1", "/a/b", "c=1"],
  ["HTTPS://host/a", "/a", ""],
  ["http://user:password@host/a?b=1", "/a", "b=1"],
  ["http://user:password@host", "/", ""],
  ["http://user:password@host#/a", "/", ""],
  ["http://user:password@host?/a", "/", "/a"],
  ["http:///a", "/a", ""],
  ["ws+unix-1.0://host/a", "/a", ""],
  ["1http://user:password@host/a", "", ""],
  ["ht tp://user:password@host/a", "", ""],
  ["://user:password@host/a", "", ""],
  ["http:/user:password@host/a", "", ""],
  ["user:password@host:443", "", ""],
  ["host:443", "", ""],
  ["javascript:alert(1)", "", ""],
  ["a/b", "", ""],
  [long, long, ""],
  [`${long}?a`, long, "a"],
])("the target %j has the path %j and the query %j (R-L6)", (target, path, query) => {
  expect(splitTarget(target)).toEqual({ path, query });
});

test("no target makes it throw, and no path holds a query or a fragment (R-L6)", () => {
  const pieces = fc.constantFrom("/", "?", "#", ":", "//", "@", "*", "%", "http", "a", "\0", "\ud800", "é", " ");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(pieces).map((parts) => parts.join("")),
      ),
      (target) => {
        const { path, query } = splitTarget(target);
        expect(path).toMatch(/^[^?#]*$/);
        expect(query).not.toContain("#");
        expect(path === "" || path === "*" || path.startsWith("/")).toBe(true);
      },
    ),
  );
});

test("the user of an absolute target is never told (R-L6)", () => {
  const tail = fc.constantFrom("", "/", "/a", "?q=1", "#f", "/a?b#c");
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9:;._~!$&'()*+,=%-]*$/), tail, (user, rest) => {
      const { path, query } = splitTarget(`http://${user}SECRET@host${rest}`);
      expect(path + query).not.toContain("SECRET");
    }),
  );
});
