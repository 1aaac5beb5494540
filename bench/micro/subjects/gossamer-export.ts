import type { Subject } from "../../harness/subject.ts";
import { type Compression, makeBatch } from "./export-batch.ts";

/** Small batches, each sent by itself: what one export costs, whatever is in it. */
export function gossamerExport(compression: Compression): Subject {
  return {
    name: `Gossamer export, ${compression}`,
    packages: ["@gossamer/core"],
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      const engine = createTelemetry({
        serviceName,
        sampleRatio: 1,
        metrics: false,
        otlp: { endpoint: sinkUrl, compression },
        shutdown: { signals: false },
        diagnostics: "none",
      });
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            makeBatch(engine.tracer);
            if (!(await engine.flush())) throw new Error("an export failed");
          }
        },
      };
    },
  };
}
