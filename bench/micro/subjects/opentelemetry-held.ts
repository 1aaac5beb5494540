import type { Subject } from "../../harness/subject.ts";
import { heldBytesOf } from "./held-bytes.ts";
import { makeSpans } from "./orders-span.ts";

/** Its batch processor, with an exporter that takes one batch and never answers. */
const subject: Subject = {
  name: "OpenTelemetry, a queued span with 8 attributes",
  packages: ["@opentelemetry/sdk-trace"],
  async setup() {
    const { BatchSpanProcessor, TracerProvider } = await import("@opentelemetry/sdk-trace");
    const exporter = { export: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
    const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 200_000, exportTimeoutMillis: 600_000 });
    const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer("orders", "1.0.0");
    const run = (times: number): Promise<void> => makeSpans(tracer, 8, times);
    return { run, heldBytes: (times) => heldBytesOf(run, times) };
  },
};

export default subject;
