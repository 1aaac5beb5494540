import { describe, expect, it } from "vitest";
import type { RequestEntry } from "../../../src/protocol.ts";
import { fateText } from "../../format/status.ts";
import { liveFilter } from "./live-filter.ts";

function request(more: Partial<RequestEntry> = {}): RequestEntry {
  return {
    id: 1,
    at: 0,
    service: "shop",
    method: "GET",
    route: "/orders/:id",
    path: "/orders/7",
    statusCode: 200,
    durationMs: 12,
    aborted: false,
    fate: "none",
    reason: "ratio",
    ratio: 0.01,
    ...more,
  };
}

describe("Live", () => {
  it("says why a request has a trace or none in a few words (R-D3)", () => {
    expect(fateText(request({ fate: "sampled" }))).toBe("sampled 1 %");
    expect(fateText(request({ fate: "sampled", reason: "sampled" as never, ratio: undefined }))).toBe("sampled");
    expect(fateText(request())).toBe("not sampled 1 %");
    expect(fateText(request({ fate: "kept", reason: "slow" }))).toBe("kept: slow");
    expect(fateText(request({ reason: "valve" }))).toBe("dropped: valve");
    expect(fateText(request({ fate: "sampled", reason: "rule", rule: "orders", ratio: 0.5 }))).toBe(
      "sampled: rule orders 50 %",
    );
  });

  it("is filtered by route, status, duration, reason and text, in any case (R-D3)", () => {
    const shows = (query: Record<string, string>, more: Partial<RequestEntry> = {}): boolean =>
      liveFilter(query)(request(more));
    expect(shows({})).toBe(true);
    expect([shows({ status: "2xx" }), shows({ status: "5xx" }), shows({ status: "failed" })]).toEqual([
      true,
      false,
      false,
    ]);
    expect(shows({ status: "failed" }, { statusCode: 503 })).toBe(true);
    expect(shows({ status: "failed" }, { aborted: true })).toBe(true);
    expect(shows({ status: "aborted" }, { aborted: true })).toBe(true);
    expect(shows({ route: "GET (no route)" }, { method: "GET", route: undefined })).toBe(true);
    expect(shows({ route: "GET /of/another" }, { method: "GET", route: "/of/:id" })).toBe(false);
    expect([shows({ min: "10" }), shows({ min: "50" }), shows({ min: "much" })]).toEqual([true, false, true]);
    expect([shows({ reason: "none:ratio" }), shows({ reason: "kept:ratio" })]).toEqual([true, false]);
    expect([shows({ text: "/ORDERS/7" }), shows({ text: "kept" })]).toEqual([true, false]);
    expect(shows({ text: "4bf9" }, { traceId: "4bf92f" })).toBe(true);
  });
});
