import { collectAll, settleHeap } from "@gossamer/measure/client";
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
      collectAll();
      return {};
    case "settle":
      return { settled: await settledMemory() };
  }
}

try {
  const { default: loaded } = (await import(moduleUrl)) as { default: Subject };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const subject = await loaded.setup({ serviceName, sinkUrl });
  const setupMs = performance.now() - startedAt;
  const setupCpu = process.cpuUsage(cpuBefore);
  if (!settleHeap()) throw new Error("start node with --expose-gc");
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
