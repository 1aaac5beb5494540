import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { BurstMeasure, ThreadsMeasure } from "./load-report.ts";
import { makeTraces, spanEngine } from "./make-traces.ts";
import type { ThroughputOrder } from "./measure-throughput.ts";
import type { ThreadSpans } from "./spans-thread.ts";

/** Makes spans as it is told, and says how many a second. */
async function obey(order: ThroughputOrder): Promise<BurstMeasure | ThreadsMeasure> {
  return order.do === "burst"
    ? burst(order.traces, order.spansEach, order.sinkUrl)
    : onThreads(order.threads, order.ms, order.sinkUrl);
}

async function burst(traces: number, spansEach: number, sinkUrl: string): Promise<BurstMeasure> {
  const telemetry = spanEngine(sinkUrl);
  // What V8 compiles is not what is measured.
  await makeTraces(telemetry, traces, spansEach);
  await telemetry.flush(60_000);
  const before = telemetry.status().traceExport;
  const startedMs = performance.now();
  await makeTraces(telemetry, traces, spansEach);
  const madeMs = performance.now() - startedMs;
  await telemetry.flush(60_000);
  const deliveredMs = performance.now() - startedMs;
  const after = telemetry.status().traceExport;
  const spans = traces * spansEach;
  const exported = (after?.exported ?? 0) - (before?.exported ?? 0);
  await telemetry.shutdown();
  return {
    spans,
    lost: spans - exported,
    spansPerSecond: (spans / madeMs) * 1_000,
    deliveredPerSecond: (exported / deliveredMs) * 1_000,
  };
}

async function onThreads(threads: number, ms: number, sinkUrl: string): Promise<ThreadsMeasure> {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const entry = fileURLToPath(new URL(`./spans-thread${extension}`, import.meta.url));
  const said = await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(entry, { workerData: { ms, sinkUrl } });
      const [told] = (await once(worker, "message")) as [ThreadSpans];
      await worker.terminate();
      return told;
    }),
  );
  return {
    threads,
    spansPerSecond: said.reduce((sum, { spans, madeMs }) => sum + (spans / madeMs) * 1_000, 0),
    lost: said.reduce((sum, { lost }) => sum + lost, 0),
  };
}

process.on("message", (order: ThroughputOrder) => {
  obey(order).then(
    (measure) => process.send?.({ measure }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
