import { nodeReader } from "@gossamer/core/adapter";
import type { Subject } from "../../harness/subject.ts";
import { CountedLines, makeRequest } from "./ended-request.ts";

/** Lines logged within one sampled request, which leave by OTLP too, and which do not: the difference is what a record costs, encoding and sending. */
export function gossamerOtlpLine(otlp: boolean): Subject {
  return {
    name: `a line of the service, ${otlp ? "by OTLP too" : "written alone"}`,
    packages: ["@gossamer/core", "@gossamer/pino", "pino"],
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      const { createLogger } = await import("@gossamer/pino");
      const engine = createTelemetry({
        serviceName,
        sampleRatio: 1,
        metrics: false,
        // A run logs all its lines in one turn of the event loop: none of them is to be dropped.
        logsLane: { maxRecords: 1_000_000 },
        otlp: { endpoint: sinkUrl },
        shutdown: { signals: false },
        diagnostics: "none",
      });
      const out = new CountedLines();
      const logger = createLogger(engine, { destination: out, level: "info", requestLine: false, otlp });
      const exchange = engine.begin(makeRequest().request, nodeReader);
      return {
        async run(times) {
          exchange.run(() => {
            for (let i = 0; i < times; i++) logger.info({ order: i, user: "u12", total: 12.5 }, "an order was placed");
          });
          await engine.flush();
        },
        counted: () => out.lines,
      };
    },
  };
}
