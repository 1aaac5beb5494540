import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { cpuMsOf } from "./cpu-ms-of.ts";
import { join } from "node:path";
import type { Contestant } from "../contestants/contestant.ts";
import type { ContestantCheck } from "../harness/contestant-check.ts";
import type { LoadedSubject } from "../harness/load-subject.ts";
import { unpinned } from "../harness/pinning.ts";
import { SubjectHandle } from "../harness/subject-handle.ts";
import { Load } from "../load/load.ts";
import type { Sink } from "../sink/sink.ts";
import { Callgrind, requireCallgrind } from "./callgrind.ts";
import { type RequestCosts, requestCosts } from "./request-costs.ts";

export interface CountPlan {
  /** Requests before anything is counted: V8 has to be done with what they run. */
  readonly warmUpTimes: number;
  /** Then until the simulated caches hold what they would. */
  readonly fillTimes: number;
  readonly times: number;
  readonly connections: number;
}

export const countPlan: CountPlan = { warmUpTimes: 12_000, fillTimes: 300, times: 800, connections: 4 };

export interface CountSettings {
  readonly plan: CountPlan;
  readonly sink: Sink;
  readonly check: ContestantCheck;
  readonly progress: (text: string) => void;
}

/** What was counted of one process. */
export interface CountedRequests extends RequestCosts {
  /** How many times its own CPU time it took: one that had to wait for a core ran more by the clock, and nothing else, in the time of a request. */
  readonly slowdown: number;
}

/** Spans that pile up no further before they leave. */
const sendEvery = 2000;

/** What V8 otherwise leaves to other threads, which are done when they are done, it does in its turn: the same code is then there for the same requests. */
const nodeFlags = ["--single-threaded-gc", "--no-concurrent-recompilation", "--hash-seed=1", "--random-seed=1"];

/** V8 then writes which code lies where, and a log that nobody reads. */
function mapCodeIn(folder: string): string[] {
  return [
    ...["--perf-basic-prof", `--perf-basic-prof-path=${folder}`],
    ...["--no-logfile-per-isolate", `--logfile=${join(folder, "v8.log")}`],
  ];
}

/** Counts in as many processes at once as there are cores. Answers in the order of the subjects. */
export async function countEach(
  subjects: readonly LoadedSubject<Contestant>[],
  settings: CountSettings,
): Promise<CountedRequests[]> {
  requireCallgrind();
  const counted: CountedRequests[] = [];
  const waiting = [...subjects.entries()];
  const countOn = async (load: Load): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, loaded] = next;
      counted[index] = await countRequests(loaded, index, load, settings);
    }
  };
  const loads = Array.from({ length: Math.min(availableParallelism(), subjects.length) }, () => new Load());
  try {
    await Promise.all(loads.map(countOn));
  } finally {
    for (const load of loads) load.stop();
  }
  return counted;
}

/** Counts what requests over a socket cost in a fresh process of the contestant, its exports included, and checks that it did its job. */
async function countRequests(
  loaded: LoadedSubject<Contestant>,
  index: number,
  load: Load,
  { plan, sink, check, progress }: CountSettings,
): Promise<CountedRequests> {
  const { name } = loaded.subject;
  const folder = await mkdtemp(join(tmpdir(), "gossamer-callgrind-"));
  try {
    progress(`starting and warming up "${name}"`);
    const callgrind = new Callgrind(folder);
    const handle = await SubjectHandle.start({
      loaded,
      serviceName: `counted-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-${process.pid}-${index}`,
      sinkUrl: sink.url,
      // Counts do not depend on which core it is.
      pinning: unpinned("simulated"),
      under: callgrind.command,
      nodeFlags: [...nodeFlags, ...mapCodeIn(folder)],
    });
    try {
      const { pid } = handle;
      const status = loaded.subject.workload === "errors" ? 500 : 200;
      const aim = { ...(await handle.listen()), connections: plan.connections, status };
      const serve = async (times: number): Promise<void> => {
        for (let left = times; left > 0; left -= sendEvery) {
          const some = Math.min(left, sendEvery);
          await load.serve(aim, some);
          handle.done += some;
          await handle.flush();
        }
      };
      await serve(plan.warmUpTimes);
      progress(`counting "${name}"`);
      await callgrind.begin(pid);
      await serve(plan.fillTimes);
      await callgrind.zero(pid);
      const [beganMs, beganCpuMs] = [performance.now(), await cpuMsOf(pid)];
      await serve(plan.times);
      const slowdown = (performance.now() - beganMs) / ((await cpuMsOf(pid)) - beganCpuMs);
      const dump = await callgrind.count(pid);
      const map = await readFile(join(folder, `perf-${pid}.map`), "utf8");
      await callgrind.end(pid);
      await check.after(handle, loaded.subject);
      return { ...requestCosts(dump, map, plan.times), slowdown };
    } finally {
      await handle.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
