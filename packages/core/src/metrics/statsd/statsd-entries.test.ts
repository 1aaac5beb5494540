import fc from "fast-check";
import { expect, test } from "vitest";
import type { Attributes } from "../../model/attributes.ts";
import type { MetricData, MetricsSnapshot } from "../../model/metric-data.ts";
import { packed } from "./packets.ts";
import { statsdEntries, type StatsdForm } from "./statsd-entries.ts";
import { parseDogStatsd } from "./testing/dogstatsd-parser.ts";

const dog: StatsdForm = { flavor: "dogstatsd", prefix: "", tags: {}, tagNames: "conventions", maxEntryBytes: 1_432 };
const head = { description: "", unit: "s", startMs: 0 };

function snapshot(metrics: readonly MetricData[], attributes: Attributes = {}): MetricsSnapshot {
  return { resource: { attributes }, timeMs: 0, scopes: [{ scope: { name: "shop", version: "1" }, metrics }] };
}

function counter(name: string, value: number, attributes: Attributes = {}): MetricData {
  const points = [{ attributes, value }];
  return { ...head, kind: "sum", name, monotonic: true, temporality: "delta", valueType: "int", points };
}

function gauge(name: string, value: number, attributes: Attributes = {}): MetricData {
  return { ...head, kind: "gauge", name, valueType: "double", points: [{ attributes, value }] };
}

function histogram(count: number, samples: readonly number[], attributes: Attributes = {}): MetricData {
  const point = { attributes, count, sum: 1, min: 0, max: 1, counts: [count, 0], samples };
  return {
    ...head,
    kind: "histogram",
    name: "http.server.request.duration",
    temporality: "delta",
    boundaries: [1],
    points: [point],
  };
}

test("counters leave as what they rose by, levels and gauges as they are, with tags of series, service and options (R-M6)", () => {
  const attributes = { "service.name": "shop", "deployment.environment.name": "staging", "service.version": "1.2.3" };
  const metrics = [
    counter("orders.placed", 3, { "http.route": "/orders/:id", big: true }),
    gauge("queue.depth", -1.5),
    { ...counter("open", 7), temporality: "cumulative" as const, monotonic: false },
  ];
  const tags = "service:shop,env:staging,version:1.2.3,team:a";
  expect(statsdEntries(snapshot(metrics, attributes), { ...dog, prefix: "shop.", tags: { team: "a" } })).toEqual([
    `shop.orders.placed:3|c|#http.route:/orders/:id,big:true,${tags}`,
    `shop.queue.depth:-1.5|g|#${tags}`,
    `shop.open:7|g|#${tags}`,
  ]);
});

test("durations leave as the values that were kept, packed, with the share they are of all; their count is exact (R-M6)", () => {
  expect(statsdEntries(snapshot([histogram(8, [0.0123456789, 2])]), dog)).toEqual([
    "http.server.request.duration.count:8|c",
    "http.server.request.duration:0.0123457:2|d|@0.25",
  ]);
  const values = Array.from({ length: 64 }, (_, i) => i / 7);
  const entries = statsdEntries(snapshot([histogram(64, values, { route: "/a" })]), { ...dog, maxEntryBytes: 100 });
  expect(entries.every((entry) => entry.length <= 100)).toBe(true);
  const read = parseDogStatsd(entries.join("\n")).filter(({ type }) => type === "d");
  expect(read.flatMap((message) => message.values)).toHaveLength(64);
  expect(read.every(({ rate, tags }) => rate === 1 && tags["route"] === "/a")).toBe(true);
});

test("plain StatsD has timings in ms, no tags but the parts of a name, and no level below nothing without a zero first (R-M6)", () => {
  const form: StatsdForm = { ...dog, flavor: "statsd" };
  const metrics = [histogram(2, [0.5], { method: "GET", "http.route": "/orders/:id" }), gauge("depth", -2)];
  expect(statsdEntries(snapshot(metrics, { "service.name": "shop" }), form)).toEqual([
    "http.server.request.duration.count.GET._orders__id:2|c",
    "http.server.request.duration.GET._orders__id:500|ms|@0.5",
    "depth:0|g",
    "depth:-2|g",
  ]);
});

test("Telegraf's tags stand behind the name (R-M6)", () => {
  const form: StatsdForm = { ...dog, flavor: "telegraf", tags: { team: "a b" } };
  expect(statsdEntries(snapshot([counter("orders", 1, { k: "a=b:c" })]), form)).toEqual([
    "orders,k=a_b_c,team=a_b:1|c",
  ]);
});

test("short tag names are endpoint, method and status_group (R-M6)", () => {
  const attributes = { "http.route": "/a", "http.request.method": "GET", "http.response.status_group": "2xx" };
  expect(statsdEntries(snapshot([counter("c", 1, attributes)]), { ...dog, tagNames: "short" })).toEqual([
    "c:1|c|#endpoint:/a,method:GET,status_group:2xx",
  ]);
});

test("whatever names and values are, an agent reads each entry as it was meant (R-M6)", () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  fc.assert(
    fc.property(
      text,
      fc.dictionary(text, text, { maxKeys: 4 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (name, given, value) => {
        const metrics = [counter(`m${name}`, 1, given), gauge(`g${name}`, value, given)];
        const read = statsdEntries(snapshot(metrics), dog).flatMap((entry) => {
          const [message, ...others] = parseDogStatsd(entry);
          expect(others).toEqual([]);
          return message ?? [];
        });
        expect(read.map(({ type }) => type)).toEqual(["c", "g"]);
        expect(Math.abs(read[1]!.values[0]! - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-5 + 1e-12);
      },
    ),
  );
});

test("packets hold as many entries as fit, in their order; an entry above a packet is left out and told (R-M6)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 }).map((s) => `e${s.replaceAll("\n", "")}`)),
      fc.integer({ min: 1, max: 5 }),
      (entries, maxEntries) => {
        let left = 0;
        const packets = packed(entries, { maxBytes: 50, maxEntries }, () => left++);
        const fitting = entries.filter((entry) => Buffer.byteLength(entry) <= 50);
        expect(left).toBe(entries.length - fitting.length);
        expect(packets.flatMap(({ bytes }) => bytes.toString("utf8").split("\n"))).toEqual(fitting);
        for (const { bytes, entries: count } of packets) {
          expect(bytes.length).toBeLessThanOrEqual(50);
          expect(count).toBeLessThanOrEqual(maxEntries);
        }
      },
    ),
  );
});
