import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { RouteTable } from "../../model/route.ts";
import { otherErrorType } from "./error-types.ts";
import { countsOf, get, methods, post, testMetrics } from "../testing/test-metrics.ts";

const overflow = { "otel.metric.overflow": true };

function totalOf(counts: [object, number][]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test("past maxSeries all further series are one that says so, and those known go on (R-L5)", () => {
  const { metrics, routes } = testMetrics({ maxSeries: 3 });
  for (let i = 0; i < 10; i++) metrics.http.series(routes.get(`/${i}`), get, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get("/0"), get, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get("/0"), get, "http", 500, "500").record(0.1);
  const counts = countsOf(metrics);
  expect(counts).toHaveLength(4);
  expect(counts[0]).toEqual([expect.objectContaining({ "http.route": "/0" }), 2]);
  expect(counts[3]).toEqual([overflow, 8]);
});

test.for(["group", "code", "both"] as const)(
  "past maxSeries every further request is one more in the overflow series, with statusAttribute %s, whichever route, method, status or error it has (R-L5)",
  (statusAttribute) => {
    const { metrics, routes } = testMetrics({ maxSeries: 3, statusAttribute });
    const options = { stream: true };
    const add = (path: string, status: number, method = get, error?: string): void =>
      metrics.http.series(routes.get(path), method, "http", status, error).record(0.1);
    add("/a", 200);
    add("/a", 404);
    metrics.http.series(undefined, get, "http", 200, undefined).record(0.1);
    for (let time = 0; time < 3; time++) {
      add("/a", 500);
      add("/a", 500, get, "Error");
      add("/a", 200, post);
      add("/b", 200);
      add("/b", 200, get, "Error");
      add("/c", 200);
      metrics.http.series(routes.get("/c", options), get, "https", 200, undefined).record(0.1);
      metrics.http.series(undefined, get, "http", 200, undefined).record(0.1);
      add("/a", 200);
      metrics.http.series(routes.get("/a", options), get, "http", 404, undefined).record(0.1);
    }
    expect(countsOf(metrics)).toEqual([
      [expect.objectContaining({ "http.route": "/a" }), 4],
      [expect.objectContaining({ "http.route": "/a" }), 4],
      [expect.not.objectContaining({ "http.route": "/a" }), 4],
      [overflow, 21],
    ]);
  },
);

test("a request whose duration counts in the overflow series still has series of its own where there is room (R-L5)", () => {
  const { metrics, routes } = testMetrics({ maxSeries: 1 });
  metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
  const events = metrics.http.series(routes.get("/events"), get, "http", 200, undefined);
  events.record(0.1);
  events.recordStream(60);
  metrics.http.series(routes.get("/upload"), get, "http", 200, "aborted").aborted();
  metrics.http.series(routes.get("/a"), get, "http", 200, undefined).recordStream(30);
  expect(countsOf(metrics)[1]).toEqual([overflow, 1]);
  expect(countsOf(metrics, "gossamer.http.server.stream.duration")).toEqual([
    [expect.objectContaining({ "http.route": "/events" }), 1],
    [overflow, 1],
  ]);
  expect(countsOf(metrics, "gossamer.http.server.aborted_requests")).toEqual([
    [expect.not.objectContaining({ "error.type": "aborted" }), 1],
  ]);
});

test("the default is 2,000 series an instrument (R-L5)", () => {
  const { metrics, routes } = testMetrics();
  for (let i = 0; i < 2100; i++) metrics.http.series(routes.get(`/${i}`), get, "http", 200, undefined).record(0.1);
  const counts = countsOf(metrics);
  expect(counts).toHaveLength(2001);
  expect(counts.at(-1)).toEqual([overflow, 100]);
});

test("a route beyond what the route table holds is counted in the overflow series (R-L5)", () => {
  const { metrics } = testMetrics();
  const routes = new RouteTable(1);
  metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get("/b"), get, "http", 200, undefined).record(0.1);
  metrics.http.series(routes.get("/c"), get, "http", 200, undefined).record(0.1);
  expect(countsOf(metrics).map(([attributes, count]) => ["otel.metric.overflow" in attributes, count])).toEqual([
    [false, 1],
    [true, 2],
  ]);
});

test("error types are bounded apart: the first keep their names, later ones are _OTHER on the same route and status (R-L5)", () => {
  const { metrics, routes } = testMetrics();
  const route = routes.get("/a");
  for (let i = 0; i < 500; i++) metrics.http.series(route, get, "http", 500, `Error${i}`).record(0.1);
  metrics.http.series(route, get, "http", 500, "Error3").record(0.1);
  const counts = countsOf(metrics);
  expect(counts).toHaveLength(101);
  expect(counts[3]).toEqual([expect.objectContaining({ "error.type": "Error3" }), 2]);
  expect(counts.at(-1)).toEqual([
    expect.objectContaining({ "http.route": "/a", "http.response.status_group": "5xx", "error.type": otherErrorType }),
    400,
  ]);
});

test("an error type is cut at 128 units and made well-formed (R-L5)", () => {
  const { metrics } = testMetrics();
  metrics.http.series(undefined, get, "http", 500, "x".repeat(65_536)).record(0.1);
  metrics.http.series(undefined, get, "http", 500, "bad\ud800").record(0.1);
  metrics.http.series(undefined, get, "http", 500, "bad\udfff").record(0.1);
  expect(countsOf(metrics)).toEqual([
    [expect.objectContaining({ "error.type": "x".repeat(128) }), 1],
    [expect.objectContaining({ "error.type": "bad\ufffd" }), 2],
  ]);
});

test("10,000 random methods, routes and error types make a bounded number of series and lose no request (R-L5)", () => {
  const { metrics, routes } = testMetrics({ maxSeries: 200, statusAttribute: "both" });
  const makeRequests = (seed: number): void => {
    for (let i = 0; i < 10_000; i++) {
      const noise = `${seed}-${i}-__proto__`;
      const method = methods.index(noise);
      const route = i % 3 === 0 ? undefined : routes.get(`/${noise}`);
      metrics.http.started(method, "http");
      metrics.http.series(route, method, "http", 100 + (i % 900), i % 2 === 0 ? noise : undefined).record(0.1);
      metrics.http.series(route, method, "https", undefined, noise).recordStream(0.1);
      metrics.http.series(route, method, "http", i, undefined).aborted();
      metrics.http.ended(method, "http");
    }
  };
  makeRequests(1);
  const status = metrics.status();
  makeRequests(2);
  expect(metrics.status().instruments.map(({ name, series }) => [name, series])).toEqual(
    status.instruments.map(({ name, series }) => [name, series]),
  );
  for (const { series } of status.instruments) expect(series).toBeLessThanOrEqual(200);
  for (const name of [
    "http.server.request.duration",
    "gossamer.http.server.stream.duration",
    "gossamer.http.server.aborted_requests",
  ]) {
    const counts = countsOf(metrics, name);
    expect(counts.length).toBeLessThanOrEqual(201);
    expect(totalOf(counts)).toBe(20_000);
  }
  expect(countsOf(metrics, "http.server.active_requests")).toEqual([
    [{ "http.request.method": "_OTHER", "url.scheme": "http" }, 0],
  ]);
});

test("once an instrument is full, new routes leave nothing behind in memory (R-L5)", () => {
  const { metrics } = testMetrics({ maxSeries: 100 });
  const record = (from: number, to: number): void => {
    for (let i = from; i < to; i++)
      metrics.http.series({ id: i, template: `/${i}`, options: {} }, get, "http", 200, `E${i}`).record(0.1);
  };
  record(0, 40_000);
  const before = heapAfterCollection();
  record(40_000, 240_000);
  expect(heapAfterCollection() - before).toBeLessThan(3_000_000);
  expect(metrics.status().instruments[0]).toMatchObject({ series: 100 });
});

test("status() lists instruments by series and names the attribute that grows (R-L5)", () => {
  const { metrics, routes } = testMetrics({ maxSeries: 20 });
  for (let i = 0; i < 30; i++)
    metrics.http.series(routes.get(`/${i}`), get, "http", i % 2 ? 200 : 404, undefined).record(0.1);
  metrics.http.started(get, "http");
  const status = metrics.status();
  expect(status.maxSeries).toBe(20);
  expect(status.instruments.map(({ name, series, overflowed }) => [name, series, overflowed]).slice(0, 2)).toEqual([
    ["http.server.request.duration", 20, 10],
    ["http.server.active_requests", 1, 0],
  ]);
  expect(status.growing).toEqual({ instrument: "http.server.request.duration", attribute: "http.route", values: 20 });
});
