import { describe, expect, test } from "vitest";
import { type Metrics, type MetricsSettings, noMetrics } from "./metrics.ts";
import {
  countsOf,
  get,
  metricOf,
  metricsIn,
  pointsOf,
  post,
  testMetrics,
  registerAny,
} from "./testing/test-metrics.ts";

const shared = { "http.request.method": "GET", "url.scheme": "http" };

test("durations are told apart by method, scheme, route template and status group (R-M1)", () => {
  const { metrics, routes } = testMetrics();
  const users = routes.get("/users/:id");
  metrics.http.series(users, get, "http", 200, undefined).record(0.1);
  metrics.http.series(users, get, "http", 204, undefined).record(0.2);
  metrics.http.series(users, get, "http", 404, undefined).record(0.1);
  metrics.http.series(users, get, "https", 200, undefined).record(0.1);
  metrics.http.series(users, post, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get("/orders"), get, "http", 301, undefined).record(0.1);
  expect(countsOf(metrics)).toEqual([
    [{ ...shared, "http.route": "/users/:id", "http.response.status_group": "2xx" }, 2],
    [{ ...shared, "http.route": "/users/:id", "http.response.status_group": "4xx" }, 1],
    [{ ...shared, "url.scheme": "https", "http.route": "/users/:id", "http.response.status_group": "2xx" }, 1],
    [{ ...shared, "http.request.method": "POST", "http.route": "/users/:id", "http.response.status_group": "2xx" }, 1],
    [{ ...shared, "http.route": "/orders", "http.response.status_group": "3xx" }, 1],
  ]);
});

test("a request that got no answer has no status, and a failed one says its error type (R-M1)", () => {
  const { metrics, routes } = testMetrics();
  const pay = routes.get("/pay");
  metrics.http.series(pay, get, "http", undefined, undefined).record(0.1);
  metrics.http.series(pay, get, "http", 500, "TypeError").record(0.1);
  metrics.http.series(pay, get, "http", 503, "503").record(0.1);
  metrics.http.series(pay, get, "http", 500, "TypeError").record(0.1);
  expect(countsOf(metrics)).toEqual([
    [{ ...shared, "http.route": "/pay" }, 1],
    [{ ...shared, "http.route": "/pay", "http.response.status_group": "5xx", "error.type": "TypeError" }, 2],
    [{ ...shared, "http.route": "/pay", "http.response.status_group": "5xx", "error.type": "503" }, 1],
  ]);
});

test("all requests that match no route share a series a method and group (R-L5)", () => {
  const { metrics } = testMetrics();
  for (let i = 0; i < 300; i++) metrics.http.series(undefined, get, "http", 404, undefined).record(0.001);
  expect(countsOf(metrics)).toEqual([[{ ...shared, "http.response.status_group": "4xx" }, 300]]);
});

test.for([
  ["code", { "http.response.status_code": 204 }, { "http.response.status_code": 503, "error.type": "503" }],
  [
    "both",
    { "http.response.status_group": "2xx", "http.response.status_code": 204 },
    { "http.response.status_group": "5xx", "http.response.status_code": 503, "error.type": "503" },
  ],
] as const)(
  "statusAttribute %j says the status so, and still nothing where none was sent (R-M1)",
  ([statusAttribute, ok, failed]) => {
    const { metrics, routes } = testMetrics({ statusAttribute });
    const route = routes.get("/a");
    for (const status of [204, 200, 204, undefined])
      metrics.http.series(route, get, "http", status, undefined).record(0.1);
    metrics.http.series(route, get, "http", 503, "503").record(0.1);
    metrics.http.series(route, get, "http", 503, "503").record(0.1);
    const counts = countsOf(metrics);
    expect(counts).toHaveLength(4);
    expect(counts[0]).toEqual([{ ...shared, "http.route": "/a", ...ok }, 2]);
    expect(counts[2]).toEqual([{ ...shared, "http.route": "/a" }, 1]);
    expect(counts[3]).toEqual([{ ...shared, "http.route": "/a", ...failed }, 2]);
  },
);

test("a status that HTTP does not have counts as none, and never as another's (R-M1)", () => {
  const { metrics } = testMetrics({ statusAttribute: "code" });
  for (const status of [0, undefined, 1200, -1, 200.5, Number.NaN, 200])
    metrics.http.series(undefined, get, "http", status, undefined).record(0.1);
  metrics.http.series(undefined, get, "https", 200, undefined).record(0.1);
  expect(countsOf(metrics)).toEqual([
    [shared, 6],
    [{ ...shared, "http.response.status_code": 200 }, 1],
    [{ ...shared, "url.scheme": "https", "http.response.status_code": 200 }, 1],
  ]);
});

test("one template with different route options is one series, and an empty template is no route (R-M1)", () => {
  const { metrics, routes } = testMetrics();
  metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get("/a", { trace: false }), get, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get(""), get, "http", 200, undefined).record(0.1);
  metrics.http.series(undefined, get, "http", 200, undefined).record(0.1);
  expect(countsOf(metrics).map(([, count]) => count)).toEqual([2, 2]);
});

test("the boundaries of the duration histogram are an option (R-M1)", () => {
  const { metrics, routes } = testMetrics({ boundaries: [0.5] });
  for (const seconds of [0.1, 0.5, 3])
    metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(seconds);
  const duration = metricOf(metrics.reader("cumulative").collect(), "http.server.request.duration");
  expect(duration).toMatchObject({ unit: "s", boundaries: [0.5], points: [{ counts: [2, 1], count: 3 }] });
});

test("active requests rise and fall by method and scheme, and stay visible at 0 (R-M2)", () => {
  const { metrics } = testMetrics();
  metrics.http.started(get, "http");
  metrics.http.started(get, "http");
  metrics.http.started(post, "https");
  metrics.http.ended(post, "https");
  metrics.http.ended(get, "http");
  expect(countsOf(metrics, "http.server.active_requests")).toEqual([
    [shared, 1],
    [{ "http.request.method": "POST", "url.scheme": "https" }, 0],
  ]);
});

test("aborted requests are counted with the status only when one was sent (R-M2)", () => {
  const { metrics, routes } = testMetrics();
  metrics.http.series(routes.get("/slow"), get, "http", undefined, undefined).aborted();
  metrics.http.series(routes.get("/slow"), get, "http", 200, undefined).aborted();
  metrics.http.series(routes.get("/slow"), get, "http", undefined, undefined).aborted();
  expect(countsOf(metrics, "gossamer.http.server.aborted_requests")).toEqual([
    [{ ...shared, "http.route": "/slow" }, 2],
    [{ ...shared, "http.route": "/slow", "http.response.status_group": "2xx" }, 1],
  ]);
});

test("the lifetime of a stream is kept apart from the durations (R-M2)", () => {
  const { metrics, routes } = testMetrics();
  metrics.http.series(routes.get("/events"), get, "http", 200, undefined).record(0.01);
  metrics.http.series(routes.get("/events"), get, "http", 200, undefined).recordStream(3000);
  expect(pointsOf(metrics, "http.server.request.duration")).toMatchObject([{ count: 1, max: 0.01 }]);
  expect(pointsOf(metrics, "gossamer.http.server.stream.duration")).toMatchObject([{ count: 1, sum: 3000 }]);
});

test("cumulative numbers count from the start of the engine, deltas from the collection before (R-M4)", () => {
  const { metrics, routes, clock } = testMetrics();
  const began = clock.epochMs(0);
  const record = () => metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
  record();
  clock.wait(1000);
  const deltas = metrics.reader("delta");
  const first = deltas.collect();
  record();
  record();
  clock.wait(500);
  const second = deltas.collect();
  clock.wait(1);
  const all = metrics.reader("cumulative").collect();

  const name = "http.server.request.duration";
  expect(metricOf(first, name)).toMatchObject({ temporality: "delta", startMs: began, points: [{ count: 1 }] });
  expect(metricOf(second, name)).toMatchObject({ temporality: "delta", startMs: first.timeMs, points: [{ count: 2 }] });
  expect(second.timeMs).toBe(began + 1500);
  expect(metricOf(all, name)).toMatchObject({ temporality: "cumulative", startMs: began, points: [{ count: 3 }] });
  expect(deltas.collect().scopes).toEqual([]);
});

test("a level is never a difference: active requests are cumulative where deltas are asked for (R-M4)", () => {
  const { metrics, clock } = testMetrics();
  metrics.http.started(get, "http");
  const deltas = metrics.reader("delta");
  for (let i = 0; i < 2; i++) {
    const active = metricOf(deltas.collect(), "http.server.active_requests");
    expect(active).toMatchObject({ temporality: "cumulative", startMs: clock.epochMs(0), points: [{ value: 1 }] });
  }
});

test("aborts are deltas too, where deltas are asked for (R-M4)", () => {
  const { metrics } = testMetrics();
  const deltas = metrics.reader("delta");
  const collected = [2, 0, 1].map((aborts) => {
    for (let i = 0; i < aborts; i++) metrics.http.series(undefined, get, "http", undefined, undefined).aborted();
    return metricOf(deltas.collect(), "gossamer.http.server.aborted_requests")?.points;
  });
  expect(collected).toEqual([[{ attributes: shared, value: 2 }], undefined, [{ attributes: shared, value: 1 }]]);
  expect(countsOf(metrics, "gossamer.http.server.aborted_requests")).toEqual([[shared, 3]]);
});

test("a wall clock that is set back never makes a window that ends before it begins (R-M4)", () => {
  const { metrics, clock } = testMetrics();
  metrics.http.started(get, "http");
  clock.wait(-5000);
  const snapshot = metrics.reader("cumulative").collect();
  expect(snapshot.timeMs).toBe(metricsIn(snapshot)[0]?.startMs);
});

describe("a library that counts requests by the engine's own name for them", () => {
  const duration = "http.server.request.duration";
  const library = "@opentelemetry/instrumentation-http";
  const named = (metrics: Metrics): number =>
    metricsIn(metrics.reader("cumulative").collect()).filter(({ name }) => name === duration).length;

  function counted(settings?: Partial<MetricsSettings>) {
    const lines: string[] = [];
    const diagnostics = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
    const made = testMetrics({ ...settings, diagnostics });
    const meter = made.metrics.meterProvider.getMeter(library);
    meter.createHistogram(duration, { unit: "s" }).record(0.2, { "http.response.status_code": 200 });
    meter.createHistogram("http.client.request.duration", { unit: "s" }).record(0.1);
    return { ...made, lines };
  }

  test("is left out, said once and counted: a sum over the name counts each request once (R-I4)", () => {
    const { metrics, routes, lines } = counted();
    metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
    for (let i = 0; i < 2; i++) expect(named(metrics)).toBe(1);
    expect(countsOf(metrics)).toEqual([[{ ...shared, "http.route": "/a", "http.response.status_group": "2xx" }, 1]]);
    expect(metricOf(metrics.reader("cumulative").collect(), "http.client.request.duration")).toBeDefined();
    expect(lines).toEqual([expect.stringContaining(`${duration} is counted by the meter ${library} too`)]);
    expect(metrics.status().drops).toEqual({ "own-name": 1 });
  });

  test("stays left out of deltas in which the engine counted nothing (R-I4)", () => {
    const { metrics, routes } = counted();
    const reader = metrics.reader("delta");
    metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
    reader.collect();
    metrics.meterProvider.getMeter(library).createHistogram(duration, { unit: "s" }).record(0.3);
    expect(metricOf(reader.collect(), duration)).toBeUndefined();
  });

  test("is told where the engine counts no request, as without an adapter (R-I4)", () => {
    const { metrics, lines } = counted();
    expect(named(metrics)).toBe(1);
    expect(lines).toEqual([]);
  });

  test("is told beside by a view that gives it a name of its own (R-I4)", () => {
    const { metrics, routes } = counted({ views: [{ meter: library, instrument: duration, name: "lib.duration" }] });
    metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
    expect(named(metrics)).toBe(1);
    expect(metricOf(metrics.reader("cumulative").collect(), "lib.duration")).toBeDefined();
  });
});

test("switched off, everything answers and nothing is kept (R-I7)", () => {
  const metrics = noMetrics({ resource: { attributes: {} } });
  metrics.http.started(get, "http");
  metrics.http.series(undefined, get, "http", 200, undefined).record(1);
  metrics.http.series(undefined, get, "http", 200, undefined).recordStream(1);
  metrics.http.series(undefined, get, "http", 200, undefined).aborted();
  metrics.http.ended(get, "http");
  registerAny(metrics, {
    name: "x",
    unit: "1",
    description: "",
    kind: "gauge",
    read: () => [{ attributes: {}, value: 1 }],
  });
  expect(metrics.reader("cumulative").collect().scopes).toEqual([]);
  expect(metrics.status().instruments).toEqual([]);
});

test("an instrument that is full is said once, and an observable gauge too has the series for the rest (R-L5)", () => {
  const { metrics, lines } = testMetrics({ maxSeries: 2 });
  const meter = metrics.meterProvider.getMeter("shop");
  meter.createObservableGauge("stock").addCallback((result) => {
    for (const item of [1, 2, 3, 4]) result.observe(item, { item });
  });
  const orders = meter.createCounter("orders");
  for (const item of [1, 2, 3]) orders.add(1, { item });
  const reader = metrics.reader("cumulative");
  reader.collect();
  reader.collect();
  expect(countsOf(metrics, "stock").at(-1)).toEqual([{ "otel.metric.overflow": true }, 4]);
  for (const name of ["stock", "orders"]) {
    expect(lines.filter((line) => line.startsWith(`the metric ${name} has 2 series`))).toHaveLength(1);
  }
  expect(lines).toHaveLength(2);
});
