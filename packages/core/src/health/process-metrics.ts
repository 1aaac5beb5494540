import type { NumberPoint } from "../model/metric-data.ts";
import type { OwnMetricOf } from "../metrics/catalogue/own-metrics.ts";
import { observedMetric, type OwnObservedMetric } from "../metrics/instruments/observed-metric.ts";
import type { Metrics } from "../metrics/metrics.ts";
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
export type ProcessRegistry = Pick<Metrics, "registerObserved" | "register">;

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
  const metrics: OwnObservedMetric[] = [
    ...(parts.cpu && isMain ? cpuMetrics(sources) : []),
    ...(parts.memory && isMain ? [observedMetric("process.memory.usage", () => one(sources.residentBytes()))] : []),
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

function cpuMetrics({ cpuMicros, cpuCount, uptimeSeconds, now }: ProcessSources): OwnObservedMetric[] {
  const utilization = new SinceLast(utilizationEveryMs, now, cpuMicros, (last, next, elapsedMs) => {
    const share = (micros: number): number => micros / 1_000 / elapsedMs / cpuCount();
    return { user: share(next.user - last.user), system: share(next.system - last.system) };
  });
  const byMode = ({ user, system }: { user: number; system: number }, scale: number): NumberPoint[] => [
    { attributes: { "cpu.mode": "user" }, value: user / scale },
    { attributes: { "cpu.mode": "system" }, value: system / scale },
  ];
  return [
    observedMetric("process.cpu.time", () => byMode(cpuMicros(), microsecondsASecond)),
    observedMetric("process.cpu.utilization", (reader) => byMode(utilization.read(reader), 1)),
    observedMetric("process.uptime", () => one(uptimeSeconds())),
  ];
}

function heapMetrics({ heapSpaces }: ProcessSources): OwnObservedMetric[] {
  const bySpace = (
    name: OwnMetricOf<"level">,
    value: (space: ReturnType<ProcessSources["heapSpaces"]>[number]) => number,
  ): OwnObservedMetric =>
    observedMetric(name, () =>
      heapSpaces().map((space) => ({
        attributes: { "v8js.heap.space.name": space.space_name },
        value: value(space),
      })),
    );
  return [
    bySpace("v8js.memory.heap.space.size", (space) => space.space_size),
    bySpace("v8js.memory.heap.used", (space) => space.space_used_size),
    bySpace("v8js.memory.heap.space.available_size", (space) => space.space_available_size),
    bySpace("v8js.memory.heap.space.physical_size", (space) => space.physical_space_size),
  ];
}

function loopMetrics({ loop, now }: ProcessSources): OwnObservedMetric[] {
  const utilization = new SinceLast(utilizationEveryMs, now, loop, (last, next) => {
    const active = next.active - last.active;
    const all = active + next.idle - last.idle;
    return all > 0 ? active / all : 0;
  });
  return [
    observedMetric("nodejs.eventloop.utilization", (reader) => one(utilization.read(reader))),
    observedMetric("nodejs.eventloop.time", () => {
      const { active, idle } = loop();
      return [
        { attributes: { "nodejs.eventloop.state": "active" }, value: active / msASecond },
        { attributes: { "nodejs.eventloop.state": "idle" }, value: idle / msASecond },
      ];
    }),
  ];
}

/** They are counted aside, so that a collection waits for nothing: what is told is what was seen last. */
function descriptorMetric({ countDescriptors, now }: ProcessSources): OwnObservedMetric {
  let count: number | undefined;
  let askedMs = -Infinity;
  const ask = (): void => {
    if (now() - askedMs < descriptorsEveryMs) return;
    askedMs = now();
    countDescriptors((found) => (count = found));
  };
  ask();
  return observedMetric("process.unix.file_descriptor.count", () => {
    ask();
    return count === undefined ? [] : one(count);
  });
}

function one(value: number): NumberPoint[] {
  return [{ attributes: {}, value }];
}
