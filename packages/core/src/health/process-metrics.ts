import type { NumberPoint } from "../model/metric-data.ts";
import type { Instrument } from "../metrics/cells/instrument.ts";
import type { ObservedMetric } from "../metrics/instruments/observed-metric.ts";
import { GcDurations } from "./gc-durations.ts";
import { LoopDelay } from "./loop-delay.ts";
import { SinceLast } from "./since-last.ts";
import type { ProcessSources } from "./process-sources.ts";

/** Which parts are measured. */
export interface ProcessParts {
  readonly cpu: boolean;
  readonly memory: boolean;
  readonly heap: boolean;
  readonly gc: boolean;
  readonly loop: boolean;
  readonly handles: boolean;
  /** 0: the delay of the event loop is not measured. */
  readonly loopDelayResolutionMs: number;
}

/** Where they are registered. */
export interface ProcessRegistry {
  registerObserved(metric: ObservedMetric): void;
  register(instrument: Instrument): void;
}

const microsecondsASecond = 1e6;
const msASecond = 1_000;
const utilizationEveryMs = 1_000;
const descriptorsEveryMs = 60_000;

/**
 * Registers the metrics of this process and thread, by the names of the conventions (in Development), and answers what ends their measuring. All but
 * garbage collections and the delay of the event loop are read when metrics are collected, and cost nothing between. A worker thread has those of
 * its own alone: heap, collections, event loop; those of the process are the main thread's.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/system/process-metrics/, …/runtime/nodejs-metrics/, …/runtime/v8js-metrics/
 */
export function startProcessMetrics(
  parts: ProcessParts,
  { registerObserved, register }: ProcessRegistry,
  sources: ProcessSources,
): () => void {
  const ends: (() => void)[] = [];
  const isMain = sources.isMainThread;
  const metrics: ObservedMetric[] = [
    ...(parts.cpu && isMain ? cpuMetrics(sources) : []),
    ...(parts.memory && isMain ? [memoryMetric(sources)] : []),
    ...(parts.heap ? heapMetrics(sources) : []),
    ...(parts.loop ? loopMetrics(sources) : []),
    ...(parts.handles && isMain ? [descriptorMetric(sources)] : []),
  ];
  if (parts.loopDelayResolutionMs > 0) {
    const delay = new LoopDelay(parts.loopDelayResolutionMs, sources);
    metrics.push(...delay.metrics());
    ends.push(() => delay.stop());
  }
  for (const metric of metrics) registerObserved(metric);
  if (parts.gc) {
    const durations = new GcDurations();
    register(durations);
    ends.push(sources.watchGc((kind, ms) => durations.collected(kind, ms / msASecond)));
  }
  return () => {
    for (const end of ends) end();
  };
}

function cpuMetrics({ cpuMicros, cpuCount, uptimeSeconds, now }: ProcessSources): ObservedMetric[] {
  const utilization = new SinceLast(utilizationEveryMs, now, cpuMicros, (last, next, elapsedMs) => {
    const share = (micros: number): number => micros / 1_000 / elapsedMs / cpuCount();
    return { user: share(next.user - last.user), system: share(next.system - last.system) };
  });
  const byMode = ({ user, system }: { user: number; system: number }, scale: number): NumberPoint[] => [
    { attributes: { "cpu.mode": "user" }, value: user / scale },
    { attributes: { "cpu.mode": "system" }, value: system / scale },
  ];
  return [
    {
      name: "process.cpu.time",
      unit: "s",
      description: "Total CPU seconds broken down by different CPU modes.",
      kind: "sum",
      monotonic: true,
      read: () => byMode(cpuMicros(), microsecondsASecond),
    },
    {
      ...gauge(
        "process.cpu.utilization",
        "1",
        "CPU time since the last look, as a share of the CPUs that are available.",
      ),
      read: (reader) => byMode(utilization.read(reader), 1),
    },
    {
      ...gauge("process.uptime", "s", "The time the process has been running."),
      read: () => one(uptimeSeconds()),
    },
  ];
}

function memoryMetric({ residentBytes }: ProcessSources): ObservedMetric {
  return {
    ...level("process.memory.usage", "By", "The amount of physical memory in use."),
    read: () => one(residentBytes()),
  };
}

function heapMetrics({ heapSpaces }: ProcessSources): ObservedMetric[] {
  const bySpace = (
    name: string,
    description: string,
    value: (space: ReturnType<ProcessSources["heapSpaces"]>[number]) => number,
  ): ObservedMetric => ({
    ...level(name, "By", description),
    read: () =>
      heapSpaces().map((space) => ({
        attributes: { "v8js.heap.space.name": space.space_name },
        value: value(space),
      })),
  });
  return [
    bySpace(
      "v8js.memory.heap.space.size",
      "Total heap memory size pre-allocated for a heap space.",
      (space) => space.space_size,
    ),
    bySpace("v8js.memory.heap.used", "Heap memory size allocated.", (space) => space.space_used_size),
    bySpace(
      "v8js.memory.heap.space.available_size",
      "Heap space available size.",
      (space) => space.space_available_size,
    ),
    bySpace(
      "v8js.memory.heap.space.physical_size",
      "Committed size of a heap space.",
      (space) => space.physical_space_size,
    ),
  ];
}

function loopMetrics({ loop, now }: ProcessSources): ObservedMetric[] {
  const utilization = new SinceLast(utilizationEveryMs, now, loop, (last, next) => {
    const active = next.active - last.active;
    const all = active + next.idle - last.idle;
    return all > 0 ? active / all : 0;
  });
  return [
    {
      ...gauge("nodejs.eventloop.utilization", "1", "Event loop utilization."),
      read: (reader) => one(utilization.read(reader)),
    },
    {
      name: "nodejs.eventloop.time",
      unit: "s",
      description: "Cumulative duration of time the event loop has been in each state.",
      kind: "sum",
      monotonic: true,
      read() {
        const { active, idle } = loop();
        return [
          { attributes: { "nodejs.eventloop.state": "active" }, value: active / msASecond },
          { attributes: { "nodejs.eventloop.state": "idle" }, value: idle / msASecond },
        ];
      },
    },
  ];
}

/** They are counted aside, so that a collection waits for nothing: what is told is what was seen last. */
function descriptorMetric({ countDescriptors, now }: ProcessSources): ObservedMetric {
  let count: number | undefined;
  let askedMs = -Infinity;
  const ask = (): void => {
    if (now() - askedMs < descriptorsEveryMs) return;
    askedMs = now();
    countDescriptors((found) => (count = found));
  };
  ask();
  return {
    ...level("process.unix.file_descriptor.count", "{file_descriptor}", "Number of unix file descriptors in use."),
    valueType: "int",
    read() {
      ask();
      return count === undefined ? [] : one(count);
    },
  };
}

type Head = Omit<ObservedMetric, "read">;

function gauge(name: string, unit: string, description: string): Head {
  return { name, unit, description, kind: "gauge" };
}

function level(name: string, unit: string, description: string): Head {
  return { name, unit, description, kind: "sum", monotonic: false, valueType: "int" };
}

function one(value: number): NumberPoint[] {
  return [{ attributes: {}, value }];
}
