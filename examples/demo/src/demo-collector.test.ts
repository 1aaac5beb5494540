import type { ReceivedPoint, ReceivedRequest, ReceivedSpan } from "@gossamer/testing";
import { expect, it } from "vitest";
import { collectorFaults, collectorLines } from "./demo-collector.ts";
import type { Arrivals } from "./messages.ts";
import { ServiceCounts } from "./service-arrivals.ts";

const resource = { "service.name": "shop" };
const span = (traceId: string, kind: number): ReceivedSpan => ({ traceId, kind, resource }) as unknown as ReceivedSpan;

/** Ten requests, of which three were traced: two of them in one trace. */
function arrivals(): Arrivals {
  const counts = new ServiceCounts();
  const spans = [span("a", 2), span("a", 3), span("a", 2), span("b", 2)];
  counts.add({ spans, points: [{ resource }], logs: [] } as unknown as ReceivedRequest);
  const durations = [
    { resource, attributes: { "http.request.method": "GET" }, bounds: [1], bucketCounts: [10, 0], count: 10, sum: 1 },
  ] as unknown as ReceivedPoint[];
  return { durations, services: counts.byName() } as unknown as Arrivals;
}

it("the demo says what came out of the collector, by service, and which share of the requests was traced (R-D1)", () => {
  const [titles = "", row = ""] = collectorLines({ spans: 4, points: 1, logs: 0 }, arrivals());
  expect(titles.trim().split(/ {2,}/)).toEqual([
    "service",
    "requests",
    "traced",
    "share",
    "traces",
    "spans",
    "metric points",
    "log records",
  ]);
  expect(row.trim().split(/ {2,}/)).toEqual(["shop", "10", "3", "30.0 %", "2", "4", "1", "0"]);
});

it("the demo is at fault when something stays in the collector (R-D1)", () => {
  expect(collectorFaults({ spans: 4, points: 1, logs: 0 }, arrivals())).toEqual([]);
  expect(collectorFaults({ spans: 5, points: 1, logs: 2 }, arrivals())).toEqual([
    "the collector took 5 spans, 4 came out of it",
    "the collector took 2 log records, 0 came out of it",
  ]);
});
