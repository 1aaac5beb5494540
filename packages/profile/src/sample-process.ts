import { type HeapProfiler, type Profiler, Session } from "node:inspector/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CountedStack, Frame, PprofParts } from "./to-pprof.ts";

/** What V8 told, in its own form and as stacks. */
export interface Sampled {
  /** For developer tools: a `.cpuprofile` or `.heapprofile`. */
  readonly json: unknown;
  readonly pprof: Pick<PprofParts, "kinds" | "stacks" | "periodKind" | "period">;
}

const heapIntervalBytes = 524_288;

/** Samples where the CPU is. */
export async function sampleCpu(ms: number, intervalMs: number, ended: AbortSignal): Promise<Sampled> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: Math.round(intervalMs * 1_000) });
    await session.post("Profiler.start");
    await wait(ms, ended);
    const { profile } = await session.post("Profiler.stop");
    const nanos = Math.round(intervalMs * 1e6);
    return {
      json: profile,
      pprof: {
        kinds: [
          ["samples", "count"],
          ["cpu", "nanoseconds"],
        ],
        stacks: cpuStacks(profile, nanos),
        periodKind: ["cpu", "nanoseconds"],
        period: nanos,
      },
    };
  } finally {
    session.disconnect();
  }
}

/** Samples what is allocated and still there: never a snapshot, which stops the process and holds its secrets. */
export async function sampleHeap(ms: number, ended: AbortSignal): Promise<Sampled> {
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.startSampling", { samplingInterval: heapIntervalBytes });
    await wait(ms, ended);
    const { profile } = await session.post("HeapProfiler.stopSampling");
    return {
      json: profile,
      pprof: {
        kinds: [
          ["objects", "count"],
          ["space", "bytes"],
        ],
        stacks: heapStacks(profile.head),
        periodKind: ["space", "bytes"],
        period: heapIntervalBytes,
      },
    };
  } finally {
    session.disconnect();
  }
}

async function wait(ms: number, ended: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ref: false, signal: ended }).catch(() => {});
}

function cpuStacks({ nodes }: Profiler.Profile, nanos: number): CountedStack[] {
  const parents = new Map<number, Profiler.ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  return nodes.flatMap((node) => {
    const hits = node.hitCount ?? 0;
    if (hits === 0 || node.callFrame.functionName === "(idle)") return [];
    const frames: Frame[] = [];
    for (let at: Profiler.ProfileNode | undefined = node; at !== undefined; at = parents.get(at.id)) {
      if (at.callFrame.functionName !== "(root)") frames.push(at.callFrame);
    }
    return [{ frames, values: [hits, hits * nanos] }];
  });
}

function heapStacks(head: HeapProfiler.SamplingHeapProfileNode): CountedStack[] {
  const stacks: CountedStack[] = [];
  const open: { readonly node: HeapProfiler.SamplingHeapProfileNode; readonly above: readonly Frame[] }[] = [
    { node: head, above: [] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, above } = next;
    const frames = node.callFrame.functionName === "(root)" ? above : [node.callFrame, ...above];
    if (node.selfSize > 0) stacks.push({ frames, values: [1, node.selfSize] });
    for (const child of node.children) open.push({ node: child, above: frames });
  }
  return stacks;
}
