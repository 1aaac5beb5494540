/** What a process holds when nothing waits to be collected. */
export interface SettledMemory {
  /** Resident set. */
  readonly rssBytes: number;
  /** Heap in use, and what V8 knows to hang on it outside, array buffers included. */
  readonly heapBytes: number;
}

const collections = 6;
const pauseMs = 50;

/** Collects everything, a few times with pauses in which V8 gives pages back. Needs `--expose-gc`. */
export async function settledMemory(): Promise<SettledMemory> {
  if (globalThis.gc === undefined) throw new Error("start node with --expose-gc");
  for (let i = 0; i < collections; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed + external };
}
