import { GCProfiler, getHeapStatistics } from "node:v8";

/** What work allocated, and what collecting it took. */
export interface Garbage {
  /** Of the JavaScript heap; buffers outside of it not included. */
  readonly allocatedBytes: number;
  readonly collections: number;
  /** Those of them that went through the whole heap, not only its young generation. */
  readonly fullCollections: number;
  /** Time in which the collector held the thread. */
  readonly gcMicros: number;
  /** All threads of the process. */
  readonly cpuMicros: number;
}

/**
 * Counts the bytes that `work` allocates: what the heap has grown by from each collection's end to the next one's begin, as V8 reports it.
 *
 * Exact but for the rest of a page that V8 counts as used, a few kB a collection.
 */
export async function countGarbage(work: () => Promise<void>): Promise<Garbage> {
  const profiler = new GCProfiler();
  profiler.start();
  let used = getHeapStatistics().used_heap_size;
  const before = process.cpuUsage();
  await work();
  const cpu = process.cpuUsage(before);
  const usedInTheEnd = getHeapStatistics().used_heap_size;
  const { statistics } = profiler.stop();
  let allocatedBytes = 0;
  let gcMicros = 0;
  for (const { beforeGC, afterGC, cost } of statistics) {
    allocatedBytes += beforeGC.heapStatistics.usedHeapSize - used;
    used = afterGC.heapStatistics.usedHeapSize;
    gcMicros += cost;
  }
  return {
    allocatedBytes: allocatedBytes + usedInTheEnd - used,
    collections: statistics.length,
    fullCollections: statistics.filter(({ gcType }) => gcType === "MarkSweepCompact").length,
    gcMicros,
    cpuMicros: cpu.user + cpu.system,
  };
}
