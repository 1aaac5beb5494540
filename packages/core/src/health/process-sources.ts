import type { HeapSpaceInfo } from "node:v8";
import { builtin, isMainThread } from "../model/builtin.ts";

/** Delays of the event loop in nanoseconds, the sampling's own resolution in them. */
export interface DelayReading {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Where metrics of a process are read from. */
export interface ProcessSources {
  readonly isMainThread: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly cpuMicros: () => { readonly user: number; readonly system: number };
  readonly cpuCount: () => number;
  readonly uptimeSeconds: () => number;
  readonly residentBytes: () => number;
  readonly heapSpaces: () => readonly HeapSpaceInfo[];
  /** Milliseconds since the loop began. */
  readonly loop: () => { readonly active: number; readonly idle: number };
  /** Tells how many there are, later; never where the system does not show them. */
  readonly countDescriptors: (tell: (count: number) => void) => void;
  /** Tells of each garbage collection. Answers what ends it. */
  readonly watchGc: (collected: (kind: number, ms: number) => void) => () => void;
  readonly sampleDelay: (resolutionMs: number) => {
    /** What was sampled since the last call. */
    takeAll(): DelayReading;
    stop(): void;
  };
}

/** As Node makes them; its types have no `detail`. */
interface GcEntry {
  readonly duration: number;
  readonly detail?: { readonly kind: number };
}

/** Those of the process and thread that asks. */
export function processSources(now: () => number): ProcessSources {
  const { performance, PerformanceObserver, monitorEventLoopDelay } = builtin("node:perf_hooks");
  return {
    isMainThread: isMainThread(),
    now,
    cpuMicros: () => process.cpuUsage(),
    cpuCount: () => builtin("node:os").availableParallelism(),
    uptimeSeconds: () => process.uptime(),
    residentBytes: () => process.memoryUsage.rss(),
    heapSpaces: () => builtin("node:v8").getHeapSpaceStatistics(),
    loop: () => performance.eventLoopUtilization(),
    countDescriptors(tell) {
      builtin("node:fs").readdir("/proc/self/fd", (error, names) => {
        // The one that reads the folder is in it.
        if (error === null) tell(names.length - 1);
      });
    },
    watchGc(collected) {
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as readonly GcEntry[]) collected(entry.detail?.kind ?? 0, entry.duration);
      });
      observer.observe({ entryTypes: ["gc"] });
      return () => observer.disconnect();
    },
    sampleDelay(resolution) {
      const histogram = monitorEventLoopDelay({ resolution });
      histogram.enable();
      return {
        takeAll() {
          const { count, min, max, mean, stddev } = histogram;
          const [p50, p90, p99] = [50, 90, 99].map((share) => histogram.percentile(share));
          histogram.reset();
          return { count, min, max, mean, stddev, p50: p50 ?? 0, p90: p90 ?? 0, p99: p99 ?? 0 };
        },
        stop: () => void histogram.disable(),
      };
    },
  };
}
