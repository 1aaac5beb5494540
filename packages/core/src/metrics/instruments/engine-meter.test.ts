import { ValueType } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { countsOf, metricOf, metricsIn, pointsOf, testMetrics, type TestMetrics } from "../testing/test-metrics.ts";
import { bindInstrument } from "./bind-instrument.ts";

function shop(
  settings?: Parameters<typeof testMetrics>[0],
): TestMetrics & { meter: ReturnType<TestMetrics["metrics"]["meterProvider"]["getMeter"]> } {
  const made = testMetrics(settings);
  return {
    ...made,
    meter: made.metrics.meterProvider.getMeter("shop", "1.2.0", { schemaUrl: "https://example.test/1" }),
  };
}

test("counters add up, up-down counters fall too, gauges keep the last and histograms the distribution (R-M3)", () => {
  const { metrics, meter } = shop();
  const orders = meter.createCounter("orders", { unit: "{order}", description: "Orders.", valueType: ValueType.INT });
  orders.add(2, { kind: "new" });
  orders.add(3, { kind: "new" });
  orders.add(1);
  const open = meter.createUpDownCounter("open");
  open.add(5);
  open.add(-7.5);
  const depth = meter.createGauge("depth");
  depth.record(4);
  depth.record(-2);
  const size = meter.createHistogram("size", { advice: { explicitBucketBoundaries: [1, 10] } });
  for (const value of [0.5, 5, 50]) size.record(value);

  const snapshot = metrics.reader("cumulative").collect();
  expect(metricOf(snapshot, "orders")).toMatchObject({
    kind: "sum",
    monotonic: true,
    valueType: "int",
    unit: "{order}",
    description: "Orders.",
    points: [
      { attributes: { kind: "new" }, value: 5 },
      { attributes: {}, value: 1 },
    ],
  });
  expect(metricOf(snapshot, "open")).toMatchObject({ kind: "sum", monotonic: false, points: [{ value: -2.5 }] });
  expect(metricOf(snapshot, "depth")).toMatchObject({ kind: "gauge", points: [{ value: -2 }] });
  expect(metricOf(snapshot, "size")).toMatchObject({
    kind: "histogram",
    boundaries: [1, 10],
    points: [{ counts: [1, 1, 1], sum: 55.5, min: 0.5, max: 50 }],
  });
});

test("each meter is a scope with its name, version and schema, and asked for again it is the same (R-M3)", () => {
  const { metrics, meter } = shop();
  expect(metrics.meterProvider.getMeter("shop", "1.2.0", { schemaUrl: "https://example.test/1" })).toBe(meter);
  meter.createCounter("orders").add(1);
  metrics.meterProvider.getMeter("shop", "2.0.0").createCounter("orders").add(1);
  const { scopes } = metrics.reader("cumulative").collect();
  expect(scopes.map(({ scope }) => scope)).toEqual([
    { name: "shop", version: "1.2.0", schemaUrl: "https://example.test/1" },
    { name: "shop", version: "2.0.0", schemaUrl: undefined },
  ]);
});

test("an instrument that is made again is the same; one that differs is said once and counts apart (R-M3)", () => {
  const { metrics, meter, lines } = shop();
  const orders = meter.createCounter("orders");
  expect(meter.createCounter("ORDERS")).toBe(orders);
  expect(lines).toEqual([]);
  for (let i = 0; i < 3; i++) meter.createHistogram("orders").record(2);
  orders.add(1);
  expect(lines).toEqual([expect.stringContaining("the metric orders was created twice, with a difference: kind")]);
  const kinds = metricsIn(metrics.reader("cumulative").collect()).map(({ kind }) => kind);
  expect(kinds).toEqual(["sum", "histogram"]);
});

test("values that cannot be counted are dropped, counted by reason and said once an instrument (R-M3)", () => {
  const { metrics, meter, lines } = shop();
  const orders = meter.createCounter("orders");
  const size = meter.createHistogram("size");
  const depth = meter.createGauge("depth");
  for (const value of [Number.NaN, Infinity, -1, "3", {}, null, undefined, 1n] as number[]) {
    orders.add(value);
    size.record(value);
    bindInstrument(orders).add(value);
  }
  depth.record(-1);
  depth.record(Number.NaN);
  expect(countsOf(metrics, "orders")).toEqual([]);
  expect(countsOf(metrics, "size")).toEqual([]);
  expect(countsOf(metrics, "depth")).toEqual([[{}, -1]]);
  expect(metrics.status().drops).toEqual({ "not-finite": 7, negative: 3, "no-number": 15 });
  expect(lines).toHaveLength(3);
});

test("a counter of whole numbers leaves fractions out, and says so once (R-M3)", () => {
  const { metrics, meter, lines } = shop();
  const orders = meter.createCounter("orders", { valueType: ValueType.INT });
  orders.add(2.9);
  orders.add(1.1);
  expect(countsOf(metrics, "orders")).toEqual([[{}, 3]]);
  expect(lines).toHaveLength(1);
});

test.for(["", "1orders", "or ders", "örders", `o${"x".repeat(255)}`, "_orders"])(
  "a metric cannot be named %j: it counts nothing, and one line says so (R-M3)",
  (name) => {
    const { metrics, meter, lines } = shop();
    for (let i = 0; i < 2; i++) meter.createCounter(name).add(1);
    const observed = meter.createObservableGauge(name);
    observed.addCallback((result) => result.observe(1));
    expect(metrics.reader("cumulative").collect().scopes).toEqual([]);
    expect(metrics.status().drops).toEqual({ name: 3 });
    expect(lines).toHaveLength(1);
  },
);

test("a unit that is none and boundaries that do not rise are left out with a line, and the metric counts (R-M3)", () => {
  const { metrics, meter, lines } = shop();
  meter.createCounter("a.b-c/d_e", { unit: "ü" }).add(1);
  meter.createHistogram("size", { advice: { explicitBucketBoundaries: [2, 1] } }).record(3);
  expect(lines).toHaveLength(2);
  const collected = metrics.reader("cumulative").collect();
  expect(metricOf(collected, "a.b-c/d_e")).toMatchObject({ unit: "", points: [{ value: 1 }] });
  expect(metricOf(collected, "size")).toMatchObject({ boundaries: expect.arrayContaining([10_000]) as number[] });
});

test("whatever a library gives as names, options or attributes, nothing throws into it (R-M3)", () => {
  const { metrics, meter } = shop();
  const hostile = new Proxy({}, { get: fail, ownKeys: fail, has: fail, getOwnPropertyDescriptor: fail });
  const odd = [undefined, null, 7, "text", Symbol("x"), () => {}, [], hostile, new Date(), { a: hostile }] as never[];
  for (const one of odd) {
    metrics.meterProvider.getMeter(one, one, one).createCounter("x", one).add(1, one);
    meter.createHistogram("y", one).record(1, one);
    bindInstrument(meter.createCounter("x"), one).add(1);
    meter.createCounter(one).add(one, one);
    meter.createObservableGauge("z", one).addCallback(one);
    meter.addBatchObservableCallback(one, one);
    meter.removeBatchObservableCallback(one, one);
  }
  expect(() => metrics.reader("cumulative").collect()).not.toThrow();
  expect(metrics.status().drops).toMatchObject({ attributes: expect.any(Number) as number });
});

test("past maxSeries the rest is one series that says so, however it is recorded, and no value is lost (R-L5)", () => {
  const { metrics, meter } = shop({ maxSeries: 3 });
  const orders = meter.createCounter("orders");
  for (let i = 0; i < 10; i++) orders.add(1, { id: i });
  bindInstrument(orders, { id: 11 }).add(1);
  for (let i = 0; i < 3; i++) orders.add(1, { id: i });
  expect(countsOf(metrics, "orders")).toEqual([
    [{ id: 0 }, 2],
    [{ id: 1 }, 2],
    [{ id: 2 }, 2],
    [{ "otel.metric.overflow": true }, 8],
  ]);
  expect(metrics.status().instruments.find(({ name }) => name === "orders")).toMatchObject({
    series: 3,
    overflowed: 8,
  });
});

test("10,000 random names, attributes and orders of them make a bounded number of meters, metrics and series (R-L5)", () => {
  const { metrics } = testMetrics({ maxSeries: 20 });
  for (let i = 0; i < 10_000; i++) {
    const meter = metrics.meterProvider.getMeter(`library ${i}`);
    meter.createCounter(`c${i}`).add(1, { [`k${i}`]: i });
    metrics.meterProvider
      .getMeter("one")
      .createCounter("many")
      .add(1, { [`k${i}`]: `v${i}`, a: i % 7 });
  }
  const { instruments } = metrics.status();
  expect(instruments.length).toBeLessThanOrEqual(5_100);
  expect(countsOf(metrics, "many").reduce((sum, [, count]) => sum + count, 0)).toBe(10_000);
  expect(metrics.reader("cumulative").collect().scopes.length).toBeLessThanOrEqual(1_002);
});

test("a series that no reader of deltas found used for 10 collections is let go; a bound one, a level, and all of them beside a cumulative reader stay (R-M3)", () => {
  const { metrics, meter } = shop();
  const deltas = [metrics.reader("delta"), metrics.reader("delta")];
  const orders = meter.createCounter("orders");
  const open = meter.createUpDownCounter("open");
  const bound = bindInstrument(orders, { id: "bound" });
  const seriesNow = (): number[] =>
    ["orders", "open"].map((name) => metrics.status().instruments.find((one) => one.name === name)?.series ?? 0);
  const frozen = Object.freeze({ id: "frozen" });
  const use = (): void => {
    for (const attributes of [{ id: 1 }, { id: 2 }, frozen]) orders.add(1, attributes);
    open.add(1, { id: 1 });
    bound.add(1);
  };
  use();
  for (let i = 0; i < 11; i++) deltas[0]!.collect();
  expect(seriesNow()).toEqual([4, 1]);
  for (let i = 0; i < 11; i++) deltas[1]!.collect();
  expect(seriesNow()).toEqual([1, 1]);
  use();
  expect(metricOf(deltas[0]!.collect(), "orders")?.points.map((point) => "value" in point && point.value)).toEqual([
    1, 1, 1, 1,
  ]);
  metrics.reader("cumulative");
  for (let i = 0; i < 30; i++) for (const reader of deltas) reader.collect();
  expect(seriesNow()).toEqual([4, 1]);
});

test("a bound instrument is the series it was bound to, in all its streams, also of a provider that is not ours (R-M3)", () => {
  const { metrics, meter } = shop();
  const orders = meter.createCounter("orders");
  const bound = bindInstrument(orders, { kind: "new" });
  bound.add(2);
  orders.add(1, { kind: "new" });
  bindInstrument(meter.createHistogram("size"), { kind: "new" }).record(3);
  expect(countsOf(metrics, "orders")).toEqual([[{ kind: "new" }, 3]]);
  expect(pointsOf(metrics, "size")).toMatchObject([{ count: 1, attributes: { kind: "new" } }]);
  const foreign: unknown[] = [];
  bindInstrument({ add: (...given) => foreign.push(given) }, { a: 1 }).add(5);
  bindInstrument({ record: (...given: unknown[]) => foreign.push(given) } as never, { a: 1 } as never).add?.(5);
  expect(foreign[0]).toEqual([5, { a: 1 }]);
});

test("attributes that are changed after they were counted, also frozen ones with an array inside, change no series (R-M3)", () => {
  const { metrics, meter } = shop();
  const orders = meter.createCounter("orders");
  const kinds = ["a"];
  const frozen = Object.freeze({ kinds });
  orders.add(1, frozen);
  kinds[0] = "b";
  orders.add(1, frozen);
  const loose = { id: 1 };
  orders.add(1, loose);
  loose.id = 2;
  orders.add(1, loose);
  expect(countsOf(metrics, "orders")).toEqual([
    [{ kinds: ["a"] }, 1],
    [{ kinds: ["b"] }, 1],
    [{ id: 1 }, 1],
    [{ id: 2 }, 1],
  ]);
});

function fail(): never {
  throw new Error("hostile");
}
