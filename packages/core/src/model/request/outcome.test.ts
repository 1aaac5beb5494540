import { expect, test } from "vitest";
import { statusGroupIndex, statusGroups } from "./outcome.ts";

test.for<[number | undefined, string | undefined]>([
  [undefined, undefined],
  [99, undefined],
  [100, "1xx"],
  [204, "2xx"],
  [399, "3xx"],
  [499, "4xx"],
  [500, "5xx"],
  [599, "5xx"],
  [600, undefined],
])("status %s is in group %s (R-M1)", ([status, group]) => {
  expect(statusGroups[statusGroupIndex(status)]).toBe(group);
});
