import { builtin, isMainThread } from "../model/builtin.ts";
import { ControlGroup, type ContainerLimits, type ReadFile, type ThrottledPeriods } from "./cgroup.ts";
import type { SensorReadings } from "../model/governor/governor-facts.ts";

/** Where sensors read. All rise but the bytes. */
export interface SensorSources {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Of all threads of the process, in milliseconds. */
  readonly processCpuMs: () => number;
  /** Of this thread, in milliseconds; undefined where Node does not tell. */
  readonly threadCpuMs: () => number | undefined;
  /** Milliseconds since the loop began. */
  readonly loop: () => { readonly active: number; readonly idle: number };
  readonly residentBytes: () => number;
  /** Of the old generation: the young one is garbage for the most part, and never what runs out. */
  readonly heap: () => { readonly usedBytes: number; readonly limitBytes: number };
  readonly cpuCount: () => number;
  readonly totalBytes: () => number;
  readonly limits: () => ContainerLimits;
  readonly throttled: () => ThrottledPeriods | undefined;
}

/** What the sensors say of the time since they were read before. */
export interface SensorLook {
  readonly readings: SensorReadings;
  readonly elapsedMs: number;
  readonly processCpuMs: number;
  /** How much of the time in which the thread was busy it had a CPU, from 0 to 1: on a crowded machine it waits for one. */
  readonly onCpu: number;
}

interface Levels {
  readonly nowMs: number;
  readonly processCpuMs: number;
  readonly threadCpuMs: number | undefined;
  readonly loop: { readonly active: number; readonly idle: number };
  readonly throttled: ThrottledPeriods | undefined;
}

const limitsEveryMs = 300_000;

/** Says how busy the process is, against what it may use. */
export class Sensors {
  readonly #sources: SensorSources;
  #last: Levels;
  #limits: ContainerLimits;
  #limitsMs: number;

  constructor(sources: SensorSources) {
    this.#sources = sources;
    this.#limits = sources.limits();
    this.#last = this.#levels();
    this.#limitsMs = this.#last.nowMs;
  }

  /** What became since the last call. */
  look(): SensorLook {
    const before = this.#last;
    const now = this.#levels();
    this.#last = now;
    if (now.nowMs - this.#limitsMs >= limitsEveryMs) {
      this.#limits = this.#sources.limits();
      this.#limitsMs = now.nowMs;
    }
    const elapsedMs = Math.max(1, now.nowMs - before.nowMs);
    const processCpuMs = now.processCpuMs - before.processCpuMs;
    const active = now.loop.active - before.loop.active;
    const busy = active + now.loop.idle - before.loop.idle;
    const loop = busy > 0 ? active / busy : undefined;
    const threadCpuMs =
      now.threadCpuMs === undefined || before.threadCpuMs === undefined
        ? undefined
        : now.threadCpuMs - before.threadCpuMs;
    return {
      elapsedMs,
      processCpuMs,
      onCpu: threadCpuMs === undefined || active <= 0 ? 1 : Math.min(1, threadCpuMs / active),
      readings: {
        cpu: most(threadCpuMs === undefined ? loop : threadCpuMs / elapsedMs, processCpuMs / elapsedMs / this.#cpus()),
        memory: this.#memory(),
        loop,
        throttled: throttledShare(before.throttled, now.throttled),
      },
    };
  }

  #cpus(): number {
    const count = this.#sources.cpuCount();
    return Math.min(count, this.#limits.cpus ?? count);
  }

  #memory(): number {
    const { residentBytes, heap, totalBytes } = this.#sources;
    const { memoryBytes } = this.#limits;
    const { usedBytes, limitBytes } = heap();
    // A limit above what the machine has is how some systems write none.
    const isLimited = memoryBytes !== undefined && memoryBytes > 0 && memoryBytes < totalBytes();
    return Math.max(isLimited ? residentBytes() / memoryBytes : 0, usedBytes / limitBytes);
  }

  #levels(): Levels {
    const { now, processCpuMs, threadCpuMs, loop, throttled } = this.#sources;
    return {
      nowMs: now(),
      processCpuMs: processCpuMs(),
      threadCpuMs: threadCpuMs(),
      loop: loop(),
      throttled: throttled(),
    };
  }
}

/** Those of the process and thread that asks. @param root of the file system that tells the container's limits */
export function sensorSources(now: () => number, root?: string): SensorSources {
  const { performance } = builtin("node:perf_hooks");
  const os = builtin("node:os");
  const group = new ControlGroup(readText, root);
  // Not before somebody asks: what tells it takes a start longer to load than all the rest of this room.
  let limitBytes: number | undefined;
  // Since Node 23.9; the types know newer ones alone.
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  return {
    now,
    processCpuMs: () => milliseconds(process.cpuUsage()),
    threadCpuMs: () => (threadCpuUsage === undefined ? undefined : milliseconds(threadCpuUsage.call(process))),
    loop: () => performance.eventLoopUtilization(),
    residentBytes: () => process.memoryUsage.rss(),
    heap: () => ({ usedBytes: oldBytes(), limitBytes: (limitBytes ??= oldLimitBytes()) }),
    cpuCount: () => os.availableParallelism(),
    totalBytes: () => os.totalmem(),
    limits: () => group.limits(),
    throttled: () => group.throttled(),
  };
}

function oldBytes(): number {
  let bytes = 0;
  for (const { space_name: name, space_used_size: used } of builtin("node:v8").getHeapSpaceStatistics()) {
    if (!name.startsWith("new_")) bytes += used;
  }
  return bytes;
}

/**
 * Where the old generation ends. V8 tells its limit with room for the young one on top: 192 MB in Node 24, which is little of the usual 4 GB and twice
 * as much as all of a heap that was made small. Such a one was made so by a flag, or for its worker.
 */
function oldLimitBytes(): number {
  const ofWorker = isMainThread() ? undefined : builtin("node:worker_threads").resourceLimits.maxOldGenerationSizeMb;
  const flags = `${process.env["NODE_OPTIONS"] ?? ""} ${process.execArgv.join(" ")}`;
  const given = [...flags.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)/g)].at(-1)?.[1];
  const megabytes = ofWorker ?? (given === undefined ? 0 : Number(given));
  return megabytes > 0 ? megabytes * 1_048_576 : builtin("node:v8").getHeapStatistics().heap_size_limit;
}

const readText: ReadFile = (path) => {
  try {
    return builtin("node:fs").readFileSync(path, "utf8");
  } catch {
    // Another system, another version, or not ours to read: what it would tell is not known.
    return undefined;
  }
};

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

/** At most 1: the clocks of the CPU move in steps of some milliseconds, so a look may find more CPU than time. */
function most(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(1, Math.max(...known));
}

function throttledShare(before: ThrottledPeriods | undefined, now: ThrottledPeriods | undefined): number | undefined {
  if (before === undefined || now === undefined) return undefined;
  const periods = now.periods - before.periods;
  return periods > 0 ? (now.throttled - before.throttled) / periods : 0;
}
