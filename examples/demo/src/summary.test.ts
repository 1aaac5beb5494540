import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { peerCost } from "./peer-cost.ts";
import { costSummary } from "./summary.ts";

const spread = { median: 2, low: 1, high: 3 };
const cost = { bareUs: 10, servingUs: spread, deliveryUs: spread, slices: 1, requestsASlice: 1, observedRequests: 1 };

it("what the demo says of OpenTelemetry's cost is what a saved run measured, and names it (E10)", () => {
  const peer = peerCost();
  if (peer === undefined) throw new Error("There is no full run in bench/results.");
  expect(existsSync(new URL(`../../../${peer.source}`, import.meta.url))).toBe(true);
  expect(peer.openTelemetryUs).toBeGreaterThan(peer.gossamerUs);
  const text = costSummary(cost, peer).join("\n");
  expect(text).toContain("Here and now: about 4.0 µs");
  expect(text).toContain(`${(peer.openTelemetryUs / peer.gossamerUs).toFixed(0)} times as much`);
  expect(text).toContain(peer.source);
});

it("without a saved run it says nothing of OpenTelemetry (E10)", () => {
  expect(costSummary(cost, undefined)).toHaveLength(1);
});
