import { expect, test } from "vitest";
import { RouteTable } from "../../model/route.ts";
import { priority } from "./priority.ts";
import { facts, type FactsInit } from "../testing/facts.ts";

const checkout = new RouteTable().get("/checkout", { priority: "critical" });

test.each<[string, Parameters<typeof priority>[0]["from"], FactsInit, number]>([
  ["a header", { header: "X-Priority" }, { headers: { "x-priority": "high" } }, 0.5],
  ["an attribute", { attribute: "app.priority" }, { attributes: { "app.priority": "normal" } }, 0.1],
  ["baggage", { baggage: "priority" }, { headers: { baggage: "priority=low" } }, 0.01],
  ["the route's own option", { routeOption: "priority" }, { route: checkout }, 1],
  ["nothing", { header: "x-priority" }, {}, 0.1],
  ["an unknown value", { header: "x-priority" }, { headers: { "x-priority": "urgent" } }, 0.1],
  [
    "the first source that has one",
    [{ header: "x-priority" }, { routeOption: "priority" }],
    { headers: { "x-priority": "low" }, route: checkout },
    0.01,
  ],
  ["a broken escape in baggage", { baggage: "priority" }, { headers: { baggage: "priority=%zz" } }, 0.1],
])("the ratio goes by %s (R-S7)", (_, from, init, ratio) => {
  const sampler = priority({ from });
  const decision = sampler.decide(facts({ ...init, randomHigh: 0xff_ffff, randomLow: -1 }));
  expect(decision).toMatchObject({ sampled: true, reason: "priority", ratio });
  expect(decision.threshold).toBeDefined();
  expect(sampler.chance?.(facts(init))).toBe(ratio);
});

test("values are matched in order, and may be globs (R-S7)", () => {
  const sampler = priority({ from: { header: "x-tenant" }, ratios: { "gold-1": 0.9, "gold-*": 0.5 }, otherwise: 0 });
  const of = (tenant: string): number | undefined => sampler.chance?.(facts({ headers: { "x-tenant": tenant } }));
  expect([of("gold-1"), of("gold-2"), of("silver")]).toEqual([0.9, 0.5, 0]);
});

test("waits for the route only where the route may say it (R-S7)", () => {
  expect(priority({ from: { header: "a" } }).usesRoute).toBe(false);
  expect(priority({ from: { routeOption: "priority" } }).usesRoute).toBe(true);
});

test("a ratio that is none is an error (R-C3)", () => {
  expect(() => priority({ from: { header: "a" }, ratios: { high: 2 } })).toThrow(
    '"priority.ratios.high" must be a number from 0 to 1, got 2.',
  );
});
