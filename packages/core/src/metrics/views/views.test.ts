import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { MetricView } from "../../model/filters/metric-view.ts";
import {
  countsOf,
  get,
  metricOf,
  metricsIn,
  pointsOf,
  testMetrics,
  type TestMetrics,
} from "../testing/test-metrics.ts";
import { openMetricsText } from "../prometheus/open-metrics.ts";
import { prometheusText } from "../prometheus/prometheus.ts";
import { dbView, dropDebug, httpView } from "./ready-views.ts";

function viewedBy(
  ...views: MetricView[]
): TestMetrics & { meter: ReturnType<TestMetrics["metrics"]["meterProvider"]["getMeter"]> } {
  const made = testMetrics({ views, statusAttribute: "both" });
  return { ...made, meter: made.metrics.meterProvider.getMeter("shop", "1") };
}

function namesOf({ metrics }: TestMetrics): string[] {
  return metricsIn(metrics.reader("cumulative").collect()).map(({ name }) => name);
}

test("a view renames a metric, describes it and chooses its buckets (R-L7)", () => {
  const made = viewedBy({ instrument: "size", name: "shop.size", description: "Sizes.", boundaries: [1, 2] });
  made.meter.createHistogram("size", { description: "?" }).record(1.5);
  expect(metricOf(made.metrics.reader("cumulative").collect(), "shop.size")).toMatchObject({
    description: "Sizes.",
    boundaries: [1, 2],
    points: [{ counts: [0, 1, 0] }],
  });
});

test("every view that fits makes a metric; of two of one name the first is told, and one line says so (R-L7)", () => {
  const made = viewedBy(
    { instrument: "size", keep: ["a"] },
    { instrument: "size", name: "size.sum", aggregation: "sum" },
    { instrument: "si*", keep: ["b"] },
  );
  const size = made.meter.createHistogram("size");
  size.record(2, { a: 1, b: 2 });
  size.record(3, { a: 1, b: 3 });
  const snapshot = made.metrics.reader("cumulative").collect();
  expect(metricOf(snapshot, "size")?.points).toMatchObject([{ attributes: { a: 1 }, count: 2, sum: 5 }]);
  expect(metricOf(snapshot, "size.sum")).toMatchObject({
    kind: "sum",
    monotonic: true,
    points: [{ value: 2 }, { value: 3 }],
  });
  expect(metricsIn(snapshot)).toHaveLength(2);
  expect(made.lines).toEqual([expect.stringContaining("two views make a metric named size")]);
});

test("a view fits by name, meter, kind and unit, and all must hold (R-L7)", () => {
  const drop = { aggregation: "drop" } as const;
  const made = viewedBy(
    { ...drop, instrument: "a.*" },
    { ...drop, meter: "other" },
    { ...drop, type: "gauge" },
    { ...drop, unit: "By", instrument: "b" },
  );
  made.meter.createCounter("a.x").add(1);
  made.metrics.meterProvider.getMeter("other").createCounter("x").add(1);
  made.meter.createGauge("g").record(1);
  made.meter.createCounter("b", { unit: "By" }).add(1);
  made.meter.createCounter("b", { unit: "s" }).add(1);
  made.meter.createCounter("c", { unit: "By" }).add(1);
  const observed = made.meter.createObservableGauge("a.observed");
  observed.addCallback((result) => result.observe(1));
  expect(namesOf(made)).toEqual(["b", "c"]);
});

test("what is dropped keeps no series (R-L7)", () => {
  const made = viewedBy(dropDebug);
  const cache = made.meter.createCounter("shop.debug.cache");
  for (let i = 0; i < 100; i++) cache.add(1, { i });
  expect(namesOf(made)).toEqual([]);
  expect(made.metrics.status().instruments.map(({ name }) => name)).not.toContain("shop.debug.cache");
});

test("attributes that a view leaves out tell no series apart, however many values they have (R-L7, R-L5)", () => {
  const made = viewedBy({ instrument: "x", remove: ["user.*"], maxSeries: 2 }, { instrument: "y", keep: ["kind"] });
  const counters = ["x", "y"].map((name) => made.meter.createCounter(name));
  for (let i = 0; i < 1_000; i++) for (const counter of counters) counter.add(1, { "user.id": i, kind: i % 3 });
  expect(countsOf(made.metrics, "x")).toEqual([
    [{ kind: 0 }, 334],
    [{ kind: 1 }, 333],
    [{ "otel.metric.overflow": true }, 333],
  ]);
  expect(countsOf(made.metrics, "y").map(([attributes]) => attributes)).toEqual([
    { kind: 0 },
    { kind: 1 },
    { kind: 2 },
  ]);
});

test("sums that are observed add up where a view leaves out what told them apart; a gauge is the last (R-L7)", () => {
  const made = viewedBy({ instrument: "o.*", keep: ["a"] });
  for (const [name, create] of [
    ["o.sum", "createObservableCounter"],
    ["o.gauge", "createObservableGauge"],
  ] as const) {
    made.meter[create](name).addCallback((result) => {
      result.observe(1, { a: 1, b: 1 });
      result.observe(9, { a: 1, b: 2 });
      result.observe(2, { a: 1, b: 2 });
    });
  }
  expect(countsOf(made.metrics, "o.sum")).toEqual([[{ a: 1 }, 3]]);
  expect(countsOf(made.metrics, "o.gauge")).toEqual([[{ a: 1 }, 2]]);
});

test("a view chooses what is made of values: a gauge's distribution with negative ones, a counter's last (R-L7)", () => {
  const made = viewedBy(
    { instrument: "depth", aggregation: "histogram", boundaries: [0] },
    { instrument: "orders", aggregation: "last-value" },
  );
  for (const value of [-3, 4]) made.meter.createGauge("depth").record(value);
  for (const value of [3, 4]) made.meter.createCounter("orders").add(value);
  expect(pointsOf(made.metrics, "depth")).toMatchObject([{ min: -3, sum: 1, counts: [1, 1] }]);
  expect(metricOf(made.metrics.reader("cumulative").collect(), "orders")).toMatchObject({
    kind: "gauge",
    points: [{ value: 4 }],
  });
});

test("on the metrics of requests series that a view no longer tells apart are one, in cumulative numbers and deltas (R-L7)", () => {
  const made = viewedBy({ instrument: "http.server.duration", keep: ["http.method"], boundaries: [0.5] });
  const deltas = made.metrics.reader("delta");
  for (const [path, status, seconds] of [
    ["/a", 200, 0.1],
    ["/b", 404, 3],
    ["/a", 200, 0.2],
  ] as const) {
    made.metrics.http.series(made.routes.get(path), get, "http", status, undefined).record(seconds);
  }
  const whole = { attributes: { "http.request.method": "GET" }, count: 3, min: 0.1, max: 3, counts: [2, 1] };
  for (let i = 0; i < 2; i++) {
    expect(pointsOf(made.metrics, "http.server.request.duration")).toMatchObject([whole]);
  }
  expect(metricOf(deltas.collect(), "http.server.request.duration")?.points).toMatchObject([whole]);
  made.metrics.http.series(made.routes.get("/b"), get, "http", 404, undefined).record(1);
  expect(metricOf(deltas.collect(), "http.server.request.duration")?.points).toMatchObject([{ count: 1, sum: 1 }]);
});

test("the engine's own metrics are renamed and dropped too, by the name of its scope (R-L7)", () => {
  const made = viewedBy(
    { meter: "@gossamer/core", instrument: "http.server.active_requests", name: "busy" },
    { instrument: "gossamer.*", aggregation: "drop" },
  );
  made.metrics.http.started(get, "http");
  made.metrics.http.series(undefined, get, "http", 200, undefined).aborted();
  expect(namesOf(made)).toEqual(["busy"]);
});

test("a view that asks of one of the engine's own metrics what it cannot be is one line, and the rest of it holds (R-L7)", () => {
  const made = viewedBy(
    { instrument: "http.server.request.duration", boundaries: [0.5], keep: ["http.request.method"] },
    { instrument: "http.server.active_requests", name: "busy", aggregation: "last-value" },
  );
  made.metrics.http.started(get, "http");
  made.metrics.http.series(made.routes.get("/a"), get, "http", 200, undefined).record(0.1);
  for (let i = 0; i < 2; i++) expect(namesOf(made).toSorted()).toEqual(["busy", "http.server.request.duration"]);
  expect(made.lines).toEqual([
    expect.stringContaining("a view asks more of Gossamer's own metric http.server.active_requests"),
  ]);
});

test("httpView keeps method, status, route and kind of failure, dbView system, operation, database and kind of failure, under new names and old (R-L7)", () => {
  const made = viewedBy(httpView, dbView, dropDebug);
  made.metrics.http.series(made.routes.get("/a"), get, "https", 500, "TypeError").record(1);
  expect(countsOf(made.metrics)).toEqual([
    [
      {
        "http.request.method": "GET",
        "http.route": "/a",
        "http.response.status_group": "5xx",
        "http.response.status_code": 500,
        "error.type": "TypeError",
      },
      1,
    ],
  ]);
  const client = { "http.request.method": "GET", "server.address": "x", "http.response.status_code": 200 };
  made.meter.createHistogram("http.client.request.duration").record(1, client);
  made.meter
    .createHistogram("db.client.operation.duration")
    .record(1, { "db.system": "redis", "db.operation": "get", "db.user": "u", "error.type": "timeout" });
  made.meter
    .createHistogram("db.x")
    .record(1, { "db.system.name": "pg", "db.namespace": "shop", "db.query.text": "…" });
  const { "server.address": _, ...kept } = client;
  expect(countsOf(made.metrics, "http.client.request.duration")).toEqual([[kept, 1]]);
  expect(countsOf(made.metrics, "db.client.operation.duration")).toEqual([
    [{ "db.system": "redis", "db.operation": "get", "error.type": "timeout" }, 1],
  ]);
  expect(countsOf(made.metrics, "db.x")).toEqual([[{ "db.system.name": "pg", "db.namespace": "shop" }, 1]]);
});

test("the views of the page on metrics make one metric an instrument, and none tells user.id (R-L7)", () => {
  const page = readFileSync(new URL("../../../../../docs/metrics.md", import.meta.url), "utf8");
  const [, written = ""] = /^  views: \[\n(.*?)^  \],$/ms.exec(page) ?? [];
  const views = [...written.matchAll(/\{ (.*) \}/g)].map(
    ([, inner = ""]) => JSON.parse(`{${inner.replaceAll(/(\w+):(?= )/g, '"$1":')}}`) as MetricView,
  );
  expect(views.length).toBeGreaterThan(2);
  const made = viewedBy(...views, httpView, dbView, dropDebug);
  const user = { "user.id": "7" };
  made.meter.createHistogram("shop.cart.size").record(1, user);
  made.meter.createCounter("shop.orders").add(1, user);
  made.meter.createHistogram("legacy.time").record(1);
  const metrics = metricsIn(made.metrics.reader("cumulative").collect());
  expect(metrics.map(({ name }) => name)).toEqual(["shop.cart.size", "shop.orders", "shop.duration"]);
  expect(JSON.stringify(metrics)).not.toContain("user.id");
  expect(made.lines).toEqual([]);
});

test("aggregation: exponential makes buckets that fit the values, and no Prometheus text has it (R-L7)", () => {
  const made = viewedBy({ instrument: "size", aggregation: "exponential" });
  const size = made.meter.createHistogram("size");
  for (const value of [1, 2, 3, 1_000]) size.record(value);
  const snapshot = made.metrics.reader("cumulative").collect();
  expect(metricOf(snapshot, "size")).toMatchObject({ kind: "exponential", points: [{ count: 4, min: 1, max: 1_000 }] });
  for (const text of [prometheusText(snapshot), openMetricsText(snapshot)]) expect(text).not.toContain("size");
});
