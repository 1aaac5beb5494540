import { nodeReader } from "@gossamer/core/adapter";
import type { Subject } from "../../harness/subject.ts";
import { CountedLines, makeRequest } from "./ended-request.ts";

/** Lines logged within one request, with the mixin and without: the difference is what the ids of a line cost. */
export function gossamerMixin(mixed: boolean): Subject {
  return {
    name: `a pino line, ${mixed ? "with the mixin" : "without"}`,
    packages: ["@gossamer/pino", "pino"],
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      const { mixin } = await import("@gossamer/pino");
      const { pino } = await import("pino");
      const engine = createTelemetry({
        serviceName,
        sampleRatio: 0,
        metrics: false,
        otlp: { endpoint: sinkUrl },
        shutdown: { signals: false },
        diagnostics: "none",
      });
      const out = new CountedLines();
      const logger = pino(mixed ? { mixin: mixin(engine) } : {}, out);
      const exchange = engine.begin(makeRequest().request, nodeReader);
      return {
        async run(times) {
          exchange.run(() => {
            for (let i = 0; i < times; i++) logger.info("an order was placed");
          });
        },
        counted: () => out.lines,
      };
    },
  };
}
