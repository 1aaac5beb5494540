import { setTimeout as sleep } from "node:timers/promises";
import type { TestSpan, TestTelemetry } from "@gossamer/testing";
import { expect } from "vitest";

/** The spans of requests, once so many are over and none is under way. */
export async function settled(test: TestTelemetry, requests: number): Promise<readonly TestSpan[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const active = await sum(test, "http.server.active_requests");
    const durations = await test.points("http.server.request.duration");
    const counted = durations.reduce((count, point) => count + (point.count ?? 0), 0);
    if ((counted === requests && active === 0) || Date.now() > deadline) {
      expect({ counted, active, faults: test.telemetry.status().faults }).toEqual({
        counted: requests,
        active: 0,
        faults: {},
      });
      return test.spans.filter(({ kind }) => kind === "server");
    }
    await sleep(5);
  }
}

/** How many requests were aborted. */
export function aborted(test: TestTelemetry): Promise<number> {
  return sum(test, "gossamer.http.server.aborted_requests");
}

async function sum(test: TestTelemetry, metric: string): Promise<number> {
  return (await test.points(metric)).reduce((all, { value }) => all + value, 0);
}
