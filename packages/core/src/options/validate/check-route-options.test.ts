import { expect, test } from "vitest";
import { RouteTable } from "../../model/route.ts";
import { checkRouteOptions } from "./check-route-options.ts";

test("equal options of routes are one, so that routes made anew for each request do not fill the table (R-L5, R-S5)", () => {
  const table = new RouteTable();
  for (let i = 0; i < 100; i++) table.get("/items/:id", checkRouteOptions({ name: "items", attributes: { tier: 1 } }));
  expect(table.size).toBe(1);
  table.get("/items/:id", checkRouteOptions({ name: "items", attributes: { tier: "1" } }));
  expect(table.size).toBe(2);
});

test("options that differ stay apart, in numbers that are none too (R-S5)", () => {
  const all = [NaN, Infinity, -Infinity, "NaN"].map((value) => checkRouteOptions({ attributes: { value } }));
  expect(new Set(all).size).toBe(4);
});

test("of more options than a service writes into its code only the first are remembered (R-L5)", () => {
  const made = Array.from({ length: 1_500 }, (_, i) => checkRouteOptions({ name: `of request ${i}` }));
  expect(new Set(made).size).toBe(1_500);
  expect(checkRouteOptions({ name: "of request 0" })).toBe(made[0]);
  expect(checkRouteOptions({ name: "of request 1499" })).not.toBe(made[1_499]);
});
