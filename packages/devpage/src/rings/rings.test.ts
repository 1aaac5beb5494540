import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { PageData, type PageSource } from "../data/page-data.ts";
import { withBytes } from "../data/stored-span.ts";
import { EventClients } from "../server/event-clients.ts";
import type { StoredSpan } from "../traces/span-tree.ts";
import { LogRing } from "./log-ring.ts";
import { Ring } from "./ring.ts";
import { maxRoutes, type RouteCounts, RouteTable, statusNames } from "./route-table.ts";
import { TraceStore } from "./trace-store.ts";

function span(traceId: number, more: Partial<StoredSpan> = {}): StoredSpan {
  return withBytes({
    traceId: String(traceId),
    spanId: Math.random().toString(16),
    service: "shop",
    scope: "test",
    name: "span",
    kind: "internal",
    startMs: 0,
    durationMs: 1,
    status: "unset",
    attributes: {},
    events: [],
    links: [],
    dropped: { attributes: 0, events: 0, links: 0 },
    ...more,
  });
}

test("a ring keeps the newest, in number and in bytes, and counts what it let go (R-D3)", () => {
  const ring = new Ring<number>({ max: 3, maxBytes: 100 });
  for (let i = 1; i <= 5; i++) expect(ring.add(i, 10)).toBe(i);
  expect(ring.after(0).map(({ item }) => item)).toEqual([3, 4, 5]);
  expect(ring.after(4).map(({ id }) => id)).toEqual([5]);
  expect(ring.after(0, 2).map(({ id }) => id)).toEqual([4, 5]);
  expect([...ring.before(5)].map(({ id }) => id)).toEqual([4, 3]);
  expect(ring.view()).toEqual({ count: 3, max: 3, bytes: 30, maxBytes: 100, dropped: 2 });
  ring.add(6, 85);
  expect(ring.view()).toMatchObject({ count: 2, bytes: 95, dropped: 4 });
  // More than all of it may hold.
  ring.add(7, 1_000);
  expect(ring.view()).toMatchObject({ count: 2, bytes: 95, dropped: 5 });
  expect(ring.after(5)).toEqual([{ id: 6, item: 6 }]);
  for (let i = 8; i <= 20; i++) ring.add(i, 1_000);
  expect(ring.view()).toMatchObject({ count: 0, bytes: 0, dropped: 20 });
  ring.clear();
  expect([ring.view().count, ring.view().bytes, ring.add(21, 1)]).toEqual([0, 0, 21]);
});

test("traces with an error go last, the newest without one are still there, and both are bounded (R-D3)", () => {
  const store = new TraceStore({ maxTraces: 10, maxBytes: 1e9, maxSpans: 100 });
  for (let i = 0; i < 4; i++) store.add(span(i, { status: "error" }));
  for (let i = 100; i < 150; i++) store.add(span(i));
  expect([0, 1, 2, 3].map((id) => store.get(String(id))?.errors)).toEqual([1, 1, 1, 1]);
  expect(store.get("149")).toBeDefined();
  expect(store.view()).toMatchObject({ count: 10, dropped: 44 });
  for (let i = 200; i < 300; i++) store.add(span(i, { status: "error" }));
  store.add(span(400));
  expect(store.get("400")).toBeDefined();
  expect(store.view().count).toBe(10);
});

test("the spans of all traces have a bound in bytes, and one trace does not take all of it (R-D3)", () => {
  const store = new TraceStore({ maxTraces: 500, maxBytes: 100_000, maxSpans: 2_000 });
  const big = { attributes: { text: "x".repeat(1_000) } };
  for (let i = 0; i < 200; i++) store.add(span(1, big));
  expect(store.get("1")?.bytes).toBeLessThanOrEqual(25_000);
  expect(store.get("1")?.left).toBeGreaterThan(100);
  for (let i = 2; i < 200; i++) store.add(span(i, big));
  expect(store.view().bytes).toBeLessThanOrEqual(100_000);
  const many = new TraceStore({ maxTraces: 500, maxBytes: 1e9, maxSpans: 2_000 });
  for (let i = 0; i < 2_500; i++) many.add(span(1));
  expect([many.get("1")?.spans.length, many.get("1")?.left]).toEqual([2_000, 500]);
});

test("of spans that are too large for the store nothing is kept, however many traces they are of (R-D3)", () => {
  const store = new TraceStore({ maxTraces: 10, maxBytes: 100_000, maxSpans: 100 });
  const large = { attributes: { text: "x".repeat(50_000) } };
  for (let i = 0; i < 1_000; i++) store.add(span(i, large));
  expect(store.view()).toMatchObject({ count: 0, bytes: 0, dropped: 1_000 });
  expect(store.summaries(() => 0)).toEqual([]);
});

test("spans are read when somebody looks, 2,000 of them at most; what comes faster is counted (R-D3)", () => {
  const store = new TraceStore({ maxTraces: 500, maxBytes: 1e9, maxSpans: 2_000 });
  let read = 0;
  const later = (i: number) => (): StoredSpan | undefined => {
    read++;
    return i === 0 ? undefined : span(i % 3);
  };
  for (let i = 0; i < 3_000; i++) store.addLater(later(i), () => String(i % 3));
  expect([read, store.view().count, store.skipped]).toEqual([0, 0, 1_000]);
  store.catchUp();
  expect([read, store.view().count, store.get("1")?.spans.length]).toEqual([2_000, 3, 667]);
  expect(["0", "1", "2"].map((id) => store.get(id)?.left)).toEqual([333, 333, 334]);
  store.addLater(later(1), () => "1");
  store.clear();
  store.catchUp();
  expect([read, store.view().count]).toEqual([2_000, 0]);
});

test("a trace knows how many of its spans were dropped, those before its first and those after its last too (R-D3)", () => {
  const store = new TraceStore({ maxTraces: 10, maxBytes: 1e9, maxSpans: 2 });
  for (let i = 0; i < 3; i++) store.addDropped("1");
  store.addDropped("2");
  store.forgetDropped("2");
  for (let i = 0; i < 4; i++) store.add(span(1));
  store.addDropped("1");
  store.add(span(2));
  expect(store.get("1")).toMatchObject({ dropped: 4, left: 2 });
  expect(store.get("2")).toMatchObject({ dropped: 0, left: 0 });
  expect(store.summaries(() => 0).map(({ traceId, dropped }) => [traceId, dropped])).toEqual([
    ["2", 0],
    ["1", 4],
  ]);
  // Traces that never come do not pile up.
  store.addDropped("3");
  for (let i = 0; i < 1_000; i++) store.addDropped(`never ${i}`);
  store.add(span(3));
  expect(store.get("3")?.dropped).toBe(0);
});

test("lines are bounded in number and bytes (R-D3)", () => {
  const ring = new LogRing({ max: 5_000, maxBytes: 4 * 1024 * 1024 });
  const add = (text: string): void =>
    ring.add({
      traceId: undefined,
      text,
      read: () => ({ at: 0, service: "", level: "info", message: text, attributes: {} }),
    });
  for (let i = 0; i < 6_000; i++) add(`line ${i}`);
  expect(ring.view()).toMatchObject({ count: 5_000, dropped: 1_000 });
  for (let i = 0; i < 100; i++) add("x".repeat(60_000));
  expect(ring.view().bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  expect(ring.find({ text: "LINE" }).lines).toEqual([]);
  // One that is larger than the ring, and one whose reading holds as much.
  add("x".repeat(3 * 1024 * 1024));
  ring.add({ traceId: undefined, text: "held", read: () => expect.fail("nobody reads it"), bytes: 5 * 1024 * 1024 });
  expect(ring.view().bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  expect(ring.find({ text: "held" }).lines).toEqual([]);
});

function counts(i: number, buckets: readonly number[] = [1, 0]): RouteCounts {
  const count = buckets.reduce((sum, value) => sum + value, 0);
  const byStatus = statusNames.map((name) => (name === "2xx" ? count : 0));
  return {
    key: `k${i}`,
    service: "shop",
    method: "GET",
    route: `/${i}`,
    operation: undefined,
    buckets,
    byStatus,
    aborted: 0,
  };
}

test("of more routes than there may be the rest is one row, and nothing is lost of the sum (R-D3)", () => {
  const table = new RouteTable();
  const all = Array.from({ length: 700 }, (_, i) => counts(i));
  table.look(0, [5], all);
  table.look(1_000, [5], all);
  const rows = table.rows(1_000);
  expect(rows).toHaveLength(maxRoutes);
  expect(rows.find(({ route }) => route === "(others)")?.total.count).toBe(201);
  expect(rows.reduce((sum, { total }) => sum + total.count, 0)).toBe(700);
});

test("rates and percentiles are of all requests: of the last ten seconds and minute, from the buckets (R-D3)", () => {
  const table = new RouteTable();
  table.look(0, [10, 20], [counts(1, [100, 0, 0])]);
  for (let second = 1; second <= 120; second++) {
    const isQuick = second <= 60;
    const last = isQuick ? [100 + second * 10, 0, 0] : [700, (second - 60) * 20, 0];
    table.look(second * 1_000, [10, 20], [counts(1, last)]);
  }
  const [row] = table.rows(120_000);
  expect(row?.perSecond).toBeCloseTo(20, 5);
  expect(row?.spark).toHaveLength(60);
  expect(row?.total.count).toBe(1_900);
  expect(row?.lastMinute.count).toBeGreaterThan(1_000);
  expect(row?.lastMinute.p50Ms).toBeGreaterThan(10);
  expect(row?.total.p99Ms).toBeLessThanOrEqual(20);
  const { columns } = table.heatmap();
  expect(columns.length).toBeLessThanOrEqual(120);
  table.look(3_000_000, [10, 20], [counts(1, [701, 1_200, 0])]);
  expect(table.heatmap().columns).toHaveLength(1);
});

test("who does not read is not waited for: at most a megabyte waits, the rest is dropped and counted (R-D3)", () => {
  const clients = new EventClients({ maxClients: 5, maxBytes: 1_000_000 }, () => {});
  const stuck = new PassThrough({ highWaterMark: 1 });
  const reading = new PassThrough();
  let read = 0;
  reading.on("data", (part: Buffer) => (read += part.length));
  for (const stream of [stuck, reading]) expect(clients.add(stream as unknown as ServerResponse)).toBe(true);
  const change = { id: 1, at: 0, kind: "governor" as const, text: "x".repeat(100_000) };
  for (let i = 0; i < 50; i++) clients.send("change", change);
  expect(stuck.writableLength + stuck.readableLength).toBeLessThanOrEqual(1_100_000);
  expect(clients.droppedBytes).toBeGreaterThan(3_900_000);
});

test("the taps are open while somebody asks, and for a minute behind; then they close by themselves (R-D3)", () => {
  let nowMs = 0;
  let started = 0;
  const source: PageSource = {
    kind: "engine",
    service: { name: "shop" },
    start() {
      started++;
      return () => started--;
    },
    counts: () => ({ boundsMs: [], routes: [] }),
    services: () => [],
  };
  const data = new PageData({ source, now: () => nowMs });
  data.tick();
  expect(started).toBe(0);
  data.touch();
  data.touch();
  expect(started).toBe(1);
  nowMs = 59_999;
  data.tick();
  expect(started).toBe(1);
  nowMs = 60_000;
  data.tick();
  expect([started, data.isOpen]).toEqual([0, false]);
});

test("while somebody listens the taps stay open, and who leaves does not open them again (R-D3)", async () => {
  let nowMs = 0;
  let started = 0;
  const source: PageSource = {
    kind: "engine",
    service: { name: "shop" },
    start() {
      started++;
      return () => started--;
    },
    counts: () => ({ boundsMs: [], routes: [] }),
    services: () => [],
  };
  const data = new PageData({ source, now: () => nowMs });
  const [client, other] = [new PassThrough(), new PassThrough()];
  data.clients.add(client as unknown as ServerResponse);
  nowMs = 600_000;
  data.tick();
  expect(started).toBe(1);
  client.destroy();
  await once(client, "close");
  nowMs = 659_999;
  data.tick();
  expect(started).toBe(1);
  nowMs = 660_000;
  data.tick();
  expect(started).toBe(0);
  data.clients.add(other as unknown as ServerResponse);
  expect(started).toBe(1);
  data.close();
  other.destroy();
  await once(other, "close");
  expect([started, data.isOpen]).toEqual([0, false]);
});
