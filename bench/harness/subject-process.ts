import { countGarbage } from "./count-garbage.ts";
import { LoopWatch } from "./loop-watch.ts";
import { settledMemory } from "./settled-memory.ts";
import type { RunningSubject, Subject } from "./subject.ts";
import type { Order, Report } from "./subject-handle.ts";

/** The process of one subject: sets it up, then does what the orchestrator orders, one thing at a time. */
const [, , moduleUrl = "", serviceName = "", sinkUrl = ""] = process.argv;
const loopWatch = new LoopWatch();

async function obey(subject: RunningSubject, order: Order): Promise<Report> {
  switch (order.do) {
    case "slice": {
      const before = process.cpuUsage();
      await subject.run(order.times);
      const spent = process.cpuUsage(before);
      return { cpuMicros: spent.user + spent.system };
    }
    case "answer":
      return { answers: (await subject.answers?.()) ?? [] };
    case "drain":
      await subject.drain?.();
      return { counted: subject.counted?.() };
    case "hold":
      return { heldBytes: await subject.heldBytes?.(order.times) };
    case "allocate":
      return { allocations: await subject.allocations?.(order.times) };
    case "listen":
      return { listening: await subject.listen?.() };
    case "flush":
      await subject.flush?.();
      return {};
    case "watch":
      loopWatch.begin();
      return {};
    case "watched":
      return { watched: loopWatch.end() };
    case "garbage":
      return { garbage: await countGarbage(() => subject.run(order.times)) };
    case "collect":
      globalThis.gc?.();
      return {};
    case "settle":
      return { settled: await settledMemory() };
  }
}

/**
 * Makes everything that the start left behind old, as it is in a service that has loaded more than a handful of modules.
 *
 * Otherwise contestants that start with few allocations answer faster for a reason that has nothing to do with telemetry: the names of Express's route
 * parameters are strings that V8 interns at the first request, and it looks past the copy only if that is still young. An old one costs a
 * parametrised route about 2 µs a request, for as long as the process lives.
 */
function settleHeap(): void {
  // Twice: what survives one collection is still young.
  if (globalThis.gc === undefined) throw new Error("start node with --expose-gc");
  for (let i = 0; i < 2; i++) globalThis.gc();
}

try {
  const { default: loaded } = (await import(moduleUrl)) as { default: Subject };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const subject = await loaded.setup({ serviceName, sinkUrl });
  const setupMs = performance.now() - startedAt;
  const setupCpu = process.cpuUsage(cpuBefore);
  settleHeap();
  process.on("message", (order: Order) => {
    obey(subject, order).then(
      (report) => process.send?.(report),
      (error: unknown) => process.send?.({ failed: String((error as Error).stack ?? error) } satisfies Report),
    );
  });
  process.send?.({ setupMs, setupCpuMs: (setupCpu.user + setupCpu.system) / 1000 } satisfies Report);
} catch (error) {
  process.send?.({ failed: String((error as Error).stack ?? error) } satisfies Report);
}
// Straight away, not by a signal or a natural end: nothing of a subject's shutdown is to be waited for.
process.on("disconnect", () => process.exit());
