import { nodeReader, type RequestReader } from "@gossamer/core/adapter";
import type { IncomingMessage } from "node:http";
import type { Subject } from "../../harness/subject.ts";
import { CountedLines, makeRequest } from "./ended-request.ts";

/** Whole exchanges, unsampled, with a line each and without: the difference is what the line costs. */
export function gossamerRequestLine(lines: boolean): Subject {
  return {
    name: `Gossamer exchange, ${lines ? "a line a request" : "no lines"}`,
    packages: ["@gossamer/core", "@gossamer/pino", "pino"],
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      const { createLogger } = await import("@gossamer/pino");
      const engine = createTelemetry({
        serviceName,
        sampleRatio: 0,
        requestLine: "all",
        metricIntervalMs: 3_600_000,
        otlp: { endpoint: sinkUrl },
        shutdown: { signals: false },
        diagnostics: "none",
      });
      const out = new CountedLines();
      createLogger(engine, { destination: out, level: "info", requestLine: lines });
      const route = engine.routes.get("/orders/:id");
      const reader: RequestReader<IncomingMessage> = { ...nodeReader, route: () => route };
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            const { request, response } = makeRequest();
            const exchange = engine.begin(request, reader);
            response.on("close", () => exchange.end({ statusCode: 200, completed: true, response }));
            response.emit("finish");
            response.emit("close");
          }
        },
        counted: () => (lines ? out.lines : undefined),
      };
    },
  };
}
