import { describe, expect, test } from "vitest";
import type { MetricData } from "../../model/metric-data.ts";
import { FigureGatherer, quantile } from "./window-figures.ts";

function durations(...counts: readonly number[]): MetricData {
  const point = { attributes: {}, count: 0, sum: 0, min: 0, max: 1, counts };
  const head = { name: "http.server.request.duration", description: "", unit: "s", startMs: 0 };
  return { ...head, kind: "histogram", temporality: "cumulative", boundaries: [0.01, 0.1, 1], points: [point, point] };
}

const look = { share: 0.01, gainable: 0, cores: 0.01, bytes: 0, requestUs: 1, blockMaxMs: 0, loop: 0, throttled: 0 };

describe("what rules judge by", () => {
  test("quantiles are read from buckets, evenly within one; above the last bound it is that (R-O5)", () => {
    expect(quantile([0, 100, 0, 0], [0.01, 0.1, 1], 0.5)).toBeCloseTo(0.055);
    expect(quantile([90, 0, 10, 0], [0.01, 0.1, 1], 0.95)).toBeCloseTo(0.55);
    expect(quantile([0, 0, 0, 3], [0.01, 0.1, 1], 0.95)).toBe(1);
    expect(quantile([0, 0, 0, 0], [0.01, 0.1, 1], 0.95)).toBeUndefined();
  });

  test("each window is measured by itself: durations, drops and exports of the one before are not in it (R-O5)", () => {
    let nowMs = 0;
    let data = durations(1_000, 0, 0, 0);
    let queue = { use: 0.2, dropped: 50 };
    const figures = new FigureGatherer({ durations: () => data, queue: () => queue, now: () => nowMs });
    nowMs = 120_000;
    data = durations(1_000, 100, 0, 0);
    queue = { use: 0.4, dropped: 70 };
    figures.looked({ ...look, cpu: 0.5, memory: 0.1 });
    queue = { use: 0.8, dropped: 70 };
    figures.looked({ ...look, cpu: 0.7, memory: undefined });
    for (let i = 1; i <= 100; i++) figures.exported(i);
    const { p50Ms, ...rest } = figures.take();
    expect(p50Ms).toBeCloseTo(55);
    expect(rest).toMatchObject({ share: 0.01, memory: 0.1, exportP95Ms: 96, dropsPerMinute: 10 });
    expect([rest.cpu, rest.queueUse].map((value) => value?.toFixed(3))).toEqual(["0.600", "0.600"]);
    nowMs += 1_000;
    expect(figures.take()).toMatchObject({
      p50Ms: undefined,
      exportP95Ms: undefined,
      dropsPerMinute: 0,
      share: undefined,
    });
  });
});
