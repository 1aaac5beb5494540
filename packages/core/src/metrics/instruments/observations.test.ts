import type { ObservableResult } from "@opentelemetry/api";
import { expect, test } from "vitest";
import type { StartTimer } from "../../pipeline/time/timers.ts";
import { countsOf, metricOf, testMetrics } from "../testing/test-metrics.ts";

/** Timers that run when they are told. */
function handTimers(): { readonly startTimer: StartTimer; fire(): void } {
  const waiting = new Set<() => void>();
  return {
    startTimer: (_afterMs, run) => {
      waiting.add(run);
      return () => waiting.delete(run);
    },
    fire() {
      for (const run of [...waiting]) {
        waiting.delete(run);
        run();
      }
    },
  };
}

test("observables are asked when metrics are collected, and a delta is what a counter rose by (R-M3)", () => {
  const { metrics } = testMetrics();
  const meter = metrics.meterProvider.getMeter("shop");
  let value = 10;
  const rising = meter.createObservableCounter("rising");
  rising.addCallback((result) => result.observe(value, { a: 1 }));
  const level = meter.createObservableUpDownCounter("level");
  level.addCallback((result) => result.observe(-value));
  const gauge = meter.createObservableGauge("gauge");
  gauge.addCallback((result) => result.observe(value / 4));
  const deltas = metrics.reader("delta");
  deltas.collect();
  value = 14;
  const snapshot = deltas.collect();
  expect(metricOf(snapshot, "rising")).toMatchObject({
    temporality: "delta",
    points: [{ attributes: { a: 1 }, value: 4 }],
  });
  expect(metricOf(snapshot, "level")).toMatchObject({ temporality: "cumulative", points: [{ value: -14 }] });
  expect(metricOf(snapshot, "gauge")).toMatchObject({ kind: "gauge", points: [{ value: 3.5 }] });
});

test("one batch callback observes several instruments, and only those it was given for (R-M3)", () => {
  const { metrics } = testMetrics();
  const meter = metrics.meterProvider.getMeter("shop");
  const [a, b, c] = ["a", "b", "c"].map((name) => meter.createObservableGauge(name));
  let calls = 0;
  const callback: Parameters<typeof meter.addBatchObservableCallback>[0] = (result) => {
    calls++;
    result.observe(a!, 1);
    result.observe(b!, 2);
    result.observe(c!, 3);
  };
  meter.addBatchObservableCallback(callback, [a!, b!]);
  meter.addBatchObservableCallback(callback, [b!, a!]);
  const { scopes } = metrics.reader("cumulative").collect();
  expect(scopes[0]?.metrics.map(({ name, points }) => [name, points.length])).toEqual([
    ["a", 1],
    ["b", 1],
  ]);
  expect(calls).toBe(1);
  meter.removeBatchObservableCallback(callback, [a!, b!]);
  expect(metrics.reader("cumulative").collect().scopes).toEqual([]);
});

test("a callback that is removed is not called any more, and one added twice is called once (R-M3)", () => {
  const { metrics } = testMetrics();
  const gauge = metrics.meterProvider.getMeter("shop").createObservableGauge("g");
  let calls = 0;
  const callback = (result: ObservableResult): void => result.observe(++calls);
  gauge.addCallback(callback);
  gauge.addCallback(callback);
  expect(countsOf(metrics, "g")).toEqual([[{}, 1]]);
  gauge.removeCallback(callback);
  expect(countsOf(metrics, "g")).toEqual([]);
  expect(calls).toBe(1);
});

test("a callback that throws or rejects tells nothing this time, is counted and said once, and others are told (R-M3)", async () => {
  const { metrics, lines } = testMetrics();
  const meter = metrics.meterProvider.getMeter("shop");
  meter.createObservableGauge("throws").addCallback((result) => {
    result.observe(1);
    throw new Error("no");
  });
  meter.createObservableGauge("rejects").addCallback(() => Promise.reject(new Error("no")));
  meter.createObservableGauge("works").addCallback((result) => result.observe(1));
  const reader = metrics.reader("cumulative");
  for (let i = 0; i < 3; i++) {
    await reader.prepare();
    expect(reader.collect().scopes[0]?.metrics.map(({ name }) => name)).toEqual(["works"]);
  }
  expect(metrics.status().drops).toEqual({ callback: 6 });
  expect(lines).toHaveLength(2);
});

test("an answer that is promised is waited for (R-M3)", async () => {
  const { metrics } = testMetrics();
  metrics.meterProvider
    .getMeter("shop")
    .createObservableGauge("later")
    .addCallback(async (result) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      result.observe(3);
    });
  const reader = metrics.reader("cumulative");
  await reader.prepare();
  expect(metricOf(reader.collect(), "later")?.points).toMatchObject([{ value: 3 }]);
});

test("a callback that never answers holds no collection beyond the deadline, is called once, and is counted each time (R-M3)", async () => {
  const timers = handTimers();
  const { metrics, lines } = testMetrics({ startTimer: timers.startTimer });
  let calls = 0;
  let answer: () => void = () => {};
  metrics.meterProvider
    .getMeter("shop")
    .createObservableGauge("never")
    .addCallback((result) => {
      calls++;
      result.observe(calls);
      return new Promise<void>((resolve) => (answer = resolve));
    });
  const reader = metrics.reader("cumulative");
  const first = reader.prepare();
  timers.fire();
  await first;
  expect(reader.collect().scopes).toEqual([]);
  expect(reader.prepare()).toBeUndefined();
  expect(reader.collect().scopes).toEqual([]);
  expect(calls).toBe(1);
  expect(metrics.status().drops).toEqual({ late: 1, unanswered: 1 });
  expect(lines).toHaveLength(1);
  // Once it has answered it is asked again; what it said too late is dropped.
  answer();
  await Promise.resolve();
  const again = reader.prepare();
  answer();
  await again;
  expect(metricOf(reader.collect(), "never")?.points).toMatchObject([{ value: 2 }]);
});

test("what is observed after the callback returned, or of values that are none, is dropped (R-M3)", () => {
  const { metrics } = testMetrics();
  const meter = metrics.meterProvider.getMeter("shop");
  let kept: ObservableResult | undefined;
  meter.createObservableCounter("c").addCallback((result) => {
    kept = result;
    result.observe(-1);
    result.observe(Number.NaN);
    result.observe("4" as never);
    result.observe(2, { ok: true });
  });
  expect(countsOf(metrics, "c")).toEqual([[{ ok: true }, 2]]);
  kept?.observe(9);
  expect(countsOf(metrics, "c")).toEqual([[{ ok: true }, 2]]);
  expect(metrics.status().drops).toMatchObject({ negative: 2, "not-finite": 2, "no-number": 2 });
});

test("a callback that observes without end is bounded (R-L5)", () => {
  const { metrics } = testMetrics({ maxSeries: 5 });
  metrics.meterProvider
    .getMeter("shop")
    .createObservableCounter("c")
    .addCallback((result) => {
      for (let i = 0; i < 1_000; i++) result.observe(1, { i });
    });
  expect(countsOf(metrics, "c")).toEqual([
    ...[0, 1, 2, 3, 4].map((i) => [{ i }, 1]),
    [{ "otel.metric.overflow": true }, 15],
  ]);
  expect(metrics.status().drops).toEqual({ observation: 980 });
});

test("two readers that collect at once share one look, and both wait for it (R-M3)", async () => {
  const { metrics } = testMetrics();
  let calls = 0;
  metrics.meterProvider
    .getMeter("shop")
    .createObservableGauge("later")
    .addCallback(async (result) => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      result.observe(3);
    });
  const readers = [metrics.reader("cumulative"), metrics.reader("delta")];
  const seen = await Promise.all(
    readers.map(async (reader) => {
      await reader.prepare();
      return metricOf(reader.collect(), "later")?.points.length;
    }),
  );
  expect([calls, seen]).toEqual([1, [1, 1]]);
});

test("what is observed beyond the bound costs about what any dropped value costs, so that a collection holds nobody up (R-M3)", () => {
  const { metrics } = testMetrics({ maxSeries: 10 });
  const gauge = metrics.meterProvider.getMeter("shop").createObservableGauge("flood");
  const reader = metrics.reader("cumulative");
  const msFor = (value: number): number => {
    const callback = (result: ObservableResult): void => {
      for (let i = 0; i < 50_000; i++) result.observe(value, { i });
    };
    gauge.addCallback(callback);
    const times = Array.from({ length: 5 }, () => {
      // CPU time: on a busy machine the clock counts the time of others.
      const { user, system } = process.cpuUsage();
      reader.collect();
      const spent = process.cpuUsage({ user, system });
      return (spent.user + spent.system) / 1_000;
    });
    gauge.removeCallback(callback);
    return Math.min(...times);
  };
  msFor(NaN);
  const droppedMs = msFor(NaN);
  expect(msFor(1)).toBeLessThan(5 * droppedMs);
  expect(metrics.status().drops).toMatchObject({ observation: 5 * (50_000 - 40) });
});
