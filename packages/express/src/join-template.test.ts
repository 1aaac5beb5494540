import { expect, test } from "vitest";
import { joinTemplate } from "./join-template.ts";

test.for<[string, string, string]>([
  ["", "", "/"],
  ["", "/", "/"],
  ["/", "/", "/"],
  ["/a", "/", "/a"],
  ["/a/", "/b", "/a/b"],
  ["/a", "/b/:id", "/a/b/:id"],
  ["/a", "b", "/a/b"],
  ["", "/^\\/x/", "/^\\/x/"],
])("%o and %o make %o (R-A1)", ([prefix, path, joined]) => {
  expect(joinTemplate(prefix, path)).toBe(joined);
});
