import { expect, it } from "vitest";
import { Ledger } from "./ledger.ts";
import type { Arrivals } from "./messages.ts";
import { faults } from "./verdict.ts";

const asked = ["a-shop POST /orders", "a-shop POST /stock", "b-shop POST /stock", "c-shop POST /stock"];

function faultsOf(orders: Record<string, readonly string[]>, arrived: Record<string, readonly string[]>): string[] {
  const ledger = new Ledger();
  for (const [traceId, calls] of Object.entries(orders)) ledger.tracedOrders.set(traceId, calls);
  const crossings = new Map(Object.entries(arrived));
  return faults(ledger, { durations: [], spans: 0, malformedRequests: 0, crossings } as unknown as Arrivals, []);
}

it("is content when each traced order arrived as the calls that were made", () => {
  expect(faultsOf({ t1: asked, t2: ["c-shop POST /orders", "c-shop POST /stock"] }, { t1: asked })).toEqual([]);
});

it("names a trace that breaks off between two services, and one that never came", () => {
  const [broken, missing] = faultsOf({ t1: asked, t2: asked }, { t1: asked.slice(0, 3) });
  expect(broken).toMatch(/^trace t1: .* was asked, a-shop POST \/orders → .* → b-shop POST \/stock arrived$/);
  expect(missing).toMatch(/^trace t2: .* nothing arrived$/);
});

it("is not content with a run in which no order went through three services", () => {
  expect(faultsOf({ t1: asked.slice(2) }, { t1: asked.slice(2) })).toEqual([
    "no traced order went through three services",
  ]);
});
