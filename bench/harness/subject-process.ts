import type { RunningSubject, Subject } from "./subject.ts";
import type { Order, Report } from "./subject-handle.ts";

/** The process of one subject: sets it up, then does what the orchestrator orders, one thing at a time. */
const [, , moduleUrl = "", serviceName = "", sinkUrl = ""] = process.argv;

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
  }
}

try {
  const { default: loaded } = (await import(moduleUrl)) as { default: Subject };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const subject = await loaded.setup({ serviceName, sinkUrl });
  const setupMs = performance.now() - startedAt;
  const setupCpu = process.cpuUsage(cpuBefore);
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
