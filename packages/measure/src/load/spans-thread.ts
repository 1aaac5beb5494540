import { parentPort, workerData } from "node:worker_threads";
import { makeTraces, spanEngine } from "./make-traces.ts";

/** What one thread made. */
export interface ThreadSpans {
  readonly spans: number;
  readonly madeMs: number;
  readonly lost: number;
}

const tracesAtOnce = 10;
const spansEach = 1_000;

const { ms, sinkUrl } = workerData as { readonly ms: number; readonly sinkUrl: string };
const telemetry = spanEngine(sinkUrl);
await makeTraces(telemetry, tracesAtOnce, spansEach);
const startedMs = performance.now();
let spans = 0;
while (performance.now() - startedMs < ms) {
  await makeTraces(telemetry, tracesAtOnce, spansEach);
  spans += tracesAtOnce * spansEach;
}
const madeMs = performance.now() - startedMs;
await telemetry.flush(30_000);
const lost = telemetry.status().traceExport?.dropped ?? 0;
parentPort?.postMessage({ spans, madeMs, lost } satisfies ThreadSpans);
