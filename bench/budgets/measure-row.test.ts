import assert from "node:assert/strict";
import { test } from "node:test";
import type { SenderBytes, SignalBytes } from "./byte-sink.ts";
import { numbersOf } from "./measure-row.ts";
import type { Moment, PresetMeasures } from "./preset-measures.ts";

const signal = (exports: number, onTheWire: number, body = 0, bodyUnpacked = 0, counted = 0): SignalBytes => ({
  exports,
  onTheWire,
  body,
  bodyUnpacked,
  counted,
});

const measures: PresetMeasures = {
  spanMicros: [1, 2],
  recordMicros: [1],
  lineMicros: [3],
  addedMicros: [20, 40],
  baseBytes: 2_000_000,
  queuedBytesASpan: 400,
  metricStoreBytes: 3_000_000,
  metricIntervalMs: 10_000,
  delayMs: 5000,
  simulatedSeconds: 60,
  requests: 8000,
};

const seen = (requests = 8000): ReadonlyMap<Moment, SenderBytes> =>
  new Map([
    ["network begins", { traces: signal(5, 1000), metrics: signal(6, 4000) }],
    ["network ends", { traces: signal(17, 31_000), metrics: signal(18, 16_000, 0, 0, requests) }],
    ["full batches begin", { traces: signal(17, 31_000, 100, 1000), metrics: signal(18, 16_000) }],
    ["full batches end", { traces: signal(20, 90_000, 20_100, 101_000), metrics: signal(18, 16_000) }],
  ]);

test("bytes a second are those of spans over the time simulated, and of one export of metrics over their interval (R-O8)", () => {
  // 30,000 bytes in 60 s; 12,000 bytes in 12 exports, one each 10 s.
  assert.deepEqual(numbersOf(measures, seen(), "balanced").network, [0.5 + 0.1]);
});

test("what is added to a request gives the share of a CPU and of a handler (R-O8)", () => {
  const { cpu, handler } = numbersOf(measures, seen(), "balanced");
  assert.deepEqual(cpu, [0.2, 0.4]);
  assert.deepEqual(handler, [0.04, 0.08]);
});

test("gzip is judged by full batches, and by nothing where none is used (R-O8)", () => {
  assert.deepEqual(numbersOf(measures, seen(), "balanced").gzip, [80]);
  const plain = new Map(seen());
  plain.set("full batches end", { traces: signal(20, 90_000, 50_100, 51_000), metrics: signal(18, 16_000) });
  assert.deepEqual(numbersOf(measures, plain, "debug").gzip, []);
});

test("a process whose telemetry lost requests gives no numbers (R-O8)", () => {
  assert.throws(() => numbersOf(measures, seen(7999), "full"), /of 8000 requests its metrics count 7999/);
});
