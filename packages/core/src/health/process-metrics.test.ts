import { expect, test } from "vitest";
import { handClock } from "../metrics/testing/test-metrics.ts";
import type { Instrument } from "../metrics/cells/instrument.ts";
import type { ObservedMetric } from "../metrics/instruments/observed-metric.ts";
import { startProcessMetrics, type ProcessParts } from "./process-metrics.ts";
import { type ProcessSources, processSources } from "./process-sources.ts";

const all: ProcessParts = {
  cpu: true,
  memory: true,
  heap: true,
  gc: true,
  loop: true,
  handles: true,
  loopDelayResolutionMs: 10,
};

function started(parts: Partial<ProcessParts> = {}, change: Partial<ProcessSources> = {}) {
  const clock = handClock();
  const state = {
    user: 0,
    system: 0,
    active: 0,
    idle: 0,
    descriptors: 20,
    asked: 0,
    gc: (_kind: number, _ms: number) => {},
    stopped: 0,
  };
  const sources: ProcessSources = {
    isMainThread: true,
    now: () => clock.now(),
    cpuMicros: () => ({ user: state.user, system: state.system }),
    cpuCount: () => 2,
    uptimeSeconds: () => 12.5,
    residentBytes: () => 1_000,
    heapSpaces: () => [
      {
        space_name: "new_space",
        space_size: 4,
        space_used_size: 3,
        space_available_size: 2,
        physical_space_size: 1,
      },
    ],
    loop: () => ({ active: state.active, idle: state.idle }),
    countDescriptors(tell) {
      state.asked++;
      tell(state.descriptors);
    },
    watchGc(collected) {
      state.gc = collected;
      return () => state.stopped++;
    },
    sampleDelay: () => ({
      takeAll: () => ({ count: 5, min: 9e6, max: 30e6, mean: 12e6, stddev: 1e6, p50: 11e6, p90: 20e6, p99: 29e6 }),
      stop: () => state.stopped++,
    }),
    ...change,
  };
  const observed = new Map<string, ObservedMetric>();
  const instruments = new Map<string, Instrument>();
  const stop = startProcessMetrics(
    { ...all, ...parts },
    {
      registerObserved: (metric) => observed.set(metric.name, metric),
      register: (instrument) => instruments.set(instrument.name, instrument),
    },
    sources,
  );
  return {
    clock,
    state,
    stop,
    names: () => [...observed.keys(), ...instruments.keys()],
    read: (name: string, reader = 0) =>
      [...(observed.get(name)?.read(reader) ?? [])].map(({ attributes, value }) => [
        ...Object.values(attributes),
        value,
      ]),
    gc: () =>
      instruments.get("v8js.gc.duration")?.collect({
        temporality: "cumulative",
        slot: undefined,
        reader: 0,
        deltaReaders: undefined,
        startMs: 0,
        beganMs: 0,
      }),
  };
}

test("the process is measured by the conventions' names, attributes and units (R-M7)", () => {
  const { read, state, clock, gc, names } = started();
  state.user = 500_000;
  state.system = 250_000;
  state.active = 600;
  state.idle = 400;
  clock.wait(1_000);
  expect(read("process.cpu.time")).toEqual([
    ["user", 0.5],
    ["system", 0.25],
  ]);
  expect(read("process.cpu.utilization")).toEqual([
    ["user", 0.25],
    ["system", 0.125],
  ]);
  expect(read("process.uptime")).toEqual([[12.5]]);
  expect(read("process.memory.usage")).toEqual([[1_000]]);
  expect(read("process.unix.file_descriptor.count")).toEqual([[20]]);
  expect(read("v8js.memory.heap.space.size")).toEqual([["new_space", 4]]);
  expect(read("v8js.memory.heap.used")).toEqual([["new_space", 3]]);
  expect(read("v8js.memory.heap.space.available_size")).toEqual([["new_space", 2]]);
  expect(read("v8js.memory.heap.space.physical_size")).toEqual([["new_space", 1]]);
  expect(read("nodejs.eventloop.utilization")).toEqual([[0.6]]);
  expect(read("nodejs.eventloop.time")).toEqual([
    ["active", 0.6],
    ["idle", 0.4],
  ]);
  for (const [kind, ms] of [
    [1, 1],
    [2, 1],
    [4, 200],
    [8, 5],
    [16, 1],
  ] as const)
    state.gc(kind, ms);
  expect(gc()).toMatchObject({
    kind: "histogram",
    unit: "s",
    boundaries: [0.01, 0.1, 1, 10],
    points: [
      { attributes: { "v8js.gc.type": "minor" }, count: 2 },
      { attributes: { "v8js.gc.type": "major" }, count: 1, sum: 0.2 },
      { attributes: { "v8js.gc.type": "incremental" } },
      { attributes: { "v8js.gc.type": "weakcb" } },
    ],
  });
  expect(names().filter((name) => name.startsWith("nodejs.eventloop.delay."))).toHaveLength(7);
});

test("of the event loop's delay the sampling's own resolution is taken off, never below nothing (R-M7)", () => {
  const { read, clock } = started();
  clock.wait(1_000);
  const delay = (part: string): number => read(`nodejs.eventloop.delay.${part}`)[0]?.[0] as number;
  expect(["min", "p50", "max", "stddev"].map(delay)).toEqual([0, expect.closeTo(0.001), expect.closeTo(0.02), 0.001]);
});

test("each reader sees the utilization since it looked before itself: none takes the stretch of another (R-M7)", () => {
  const { read, state, clock } = started();
  const cpu = (reader: number): unknown => read("process.cpu.utilization", reader)[0]?.[1];
  state.user = 2_000_000;
  state.active = 2_000;
  clock.wait(2_000);
  expect([cpu(0), read("nodejs.eventloop.utilization", 0)]).toEqual([0.5, [[1]]]);
  state.idle = 2_000;
  clock.wait(2_000);
  expect([cpu(1), read("nodejs.eventloop.utilization", 1)]).toEqual([0.25, [[0.5]]]);
  expect([cpu(0), read("nodejs.eventloop.utilization", 0)]).toEqual([0, [[0]]]);
});

test("a reader that looks again within a second sees the same utilization (R-M7)", () => {
  const { read, state, clock } = started();
  state.user = 1_000_000;
  clock.wait(1_000);
  const first = read("process.cpu.utilization");
  clock.wait(10);
  expect(read("process.cpu.utilization")).toEqual(first);
  clock.wait(1_000);
  expect(read("process.cpu.utilization")).toEqual([
    ["user", 0],
    ["system", 0],
  ]);
});

test("file descriptors are counted aside and each minute at most; where the system shows none there is no metric (R-M7)", () => {
  const { read, state, clock } = started();
  for (let i = 0; i < 59; i++) {
    clock.wait(1_000);
    read("process.unix.file_descriptor.count");
  }
  expect(state.asked).toBe(1);
  state.descriptors = 30;
  clock.wait(1_000);
  expect(read("process.unix.file_descriptor.count")).toEqual([[30]]);
  const hidden = started({}, { countDescriptors() {} });
  expect(hidden.read("process.unix.file_descriptor.count")).toEqual([]);
});

test("a worker thread has the metrics of its own alone, and a part that is switched off is not there (R-M7)", () => {
  const worker = started({}, { isMainThread: false });
  expect(worker.names().filter((name) => name.startsWith("process."))).toEqual([]);
  expect(worker.names()).toEqual(expect.arrayContaining(["v8js.gc.duration", "nodejs.eventloop.utilization"]));
  const off = {
    cpu: false,
    memory: false,
    heap: false,
    gc: false,
    loop: false,
    handles: false,
    loopDelayResolutionMs: 0,
  };
  expect(started(off).names()).toEqual([]);
});

test("each reader has the event loop's delay since it looked itself, whoever looked meanwhile (R-M7)", () => {
  const made: { delays: number[]; isStopped: boolean }[] = [];
  const { read, stop, clock } = started(
    {},
    {
      sampleDelay() {
        const histogram = { delays: [] as number[], isStopped: false };
        made.push(histogram);
        return {
          takeAll() {
            const max = Math.max(0, ...histogram.delays);
            const count = histogram.delays.splice(0).length;
            return { count, min: max, max, mean: max, stddev: 0, p50: max, p90: max, p99: max };
          },
          stop: () => (histogram.isStopped = true),
        };
      },
    },
  );
  const wait = (ms: number): void => {
    clock.wait(1_000);
    for (const { delays } of made) delays.push(ms * 1e6);
  };
  const max = (reader: number): unknown => read("nodejs.eventloop.delay.max", reader)[0]?.[0];
  wait(110);
  expect([max(0), max(0)]).toEqual([expect.closeTo(0.1), expect.closeTo(0.1)]);
  // A later reader begins at its first look.
  expect(max(1)).toBeUndefined();
  wait(60);
  expect(max(1)).toBeCloseTo(0.05);
  wait(20);
  expect([max(0), max(1)]).toEqual([expect.closeTo(0.05), expect.closeTo(0.01)]);
  for (let reader = 2; reader < 50; reader++) max(reader);
  expect(made).toHaveLength(4);
  stop();
  expect(made.every(({ isStopped }) => isStopped)).toBe(true);
});

test("what measures by itself ends with the engine (R-M7)", () => {
  const { stop, state } = started();
  stop();
  expect(state.stopped).toBe(2);
});

test("this process's own numbers are there, on every Node that is supported (R-M7)", async () => {
  const sources = processSources(() => performance.now());
  expect(sources.cpuMicros().user).toBeGreaterThan(0);
  expect(sources.residentBytes()).toBeGreaterThan(1e6);
  expect(sources.heapSpaces().map(({ space_name: name }) => name)).toContain("old_space");
  expect(sources.cpuCount()).toBeGreaterThan(0);
  const kinds: number[] = [];
  const stop = sources.watchGc((kind, ms) => {
    expect(ms).toBeGreaterThanOrEqual(0);
    kinds.push(kind);
  });
  let kept: unknown[] = [];
  await expect
    .poll(
      () => {
        kept = Array.from({ length: 200_000 }, (_, i) => ({ i }));
        return kinds.length;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
  stop();
  expect(kept).toHaveLength(200_000);
  const delay = sources.sampleDelay(10);
  await expect.poll(() => delay.takeAll().count).toBeGreaterThan(0);
  delay.stop();
});
