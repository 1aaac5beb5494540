import { expect, test } from "vitest";
import { metricViews } from "./view-checks.ts";
import { OptionError } from "../../model/checks/option-error.ts";

test.for([
  [{ instruments: "a" }, 'Unknown option "views[0].instruments". Did you mean "views[0].instrument"?'],
  [{ instrument: "^a$" }, "views[0].instrument"],
  [{ type: "timer" }, "views[0].type"],
  [{ name: "1st", instrument: "a" }, "views[0].name"],
  [{ name: "b" }, '"instrument" must be the name of one instrument, got none'],
  [{ name: "b", instrument: "a.*" }, "\"instrument\" must be the name of one instrument, got 'a.*'"],
  [{ boundaries: [2, 1] }, "views[0].boundaries[1]"],
  [{ keep: "a" }, "views[0].keep"],
  [{ aggregation: "summary" }, "views[0].aggregation"],
  [{ maxSeries: 0 }, "views[0].maxSeries"],
  ["httpView", "views[0]"],
] as const)("a view such as %j is an error at start that names it (R-L7)", ([view, told]) => {
  expect(() => metricViews.validate([view], "views")).toThrow(OptionError);
  expect(() => metricViews.validate([view], "views")).toThrow(told);
});

test("a view is copied, so that its owner may change his later (R-L7)", () => {
  const given = { instrument: "db.*", keep: ["a"], boundaries: [1, 2] };
  const [view] = metricViews.validate([given], "views");
  given.keep.push("b");
  given.boundaries.push(0);
  expect(view).toEqual({ instrument: "db.*", keep: ["a"], boundaries: [1, 2] });
});
