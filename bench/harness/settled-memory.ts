/** What a process holds when nothing waits to be collected. */
export interface SettledMemory {
  /** Resident set. */
  readonly rssBytes: number;
  /** Resident set when V8 has given back all it can, as it does before memory runs out: room for young objects and compiled code that is idle too. */
  readonly leanRssBytes: number;
  /** Heap in use, and what V8 knows to hang on it outside, array buffers included. */
  readonly heapBytes: number;
}

const collections = 6;
const pauseMs = 50;

/** Collects everything, a few times with pauses in which V8 gives pages back. Needs `--expose-gc`. */
export async function settledMemory(): Promise<SettledMemory> {
  if (globalThis.gc === undefined) throw new Error("start node with --expose-gc");
  await collect(globalThis.gc, "regular");
  const { rss, heapUsed, external } = process.memoryUsage();
  await collect(globalThis.gc, "last-resort");
  return { rssBytes: rss, leanRssBytes: process.memoryUsage.rss(), heapBytes: heapUsed + external };
}

async function collect(gc: NodeJS.GCFunction, flavor: "regular" | "last-resort"): Promise<void> {
  for (let i = 0; i < collections; i++) {
    gc({ type: "major", execution: "sync", flavor });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
