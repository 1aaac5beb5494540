import type { TelemetryOptions } from "@gossamer/core";
import { contestant, type Contestant, type Delivery } from "./contestant.ts";
import { createOrdersService, type Workload } from "./orders-service.ts";

export interface GossamerVariant {
  readonly name: string;
  readonly workload?: Workload;
  readonly options: TelemetryOptions;
  readonly compression?: "none" | "gzip";
  /** The share of requests whose server span must arrive. */
  readonly ratio: Delivery["ratio"];
}

const flushDeadlineMs = 30_000;

/** `@gossamer/express` with its defaults, spans and metrics to the sink, in a queue large enough that it never drops under this load. */
export function gossamer({
  name,
  workload = "answers",
  options,
  compression = "none",
  ratio,
}: GossamerVariant): Contestant {
  return contestant({
    name,
    workload,
    packages: ["@gossamer/core", "@gossamer/express"],
    delivers: { metrics: true, ratio },
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      const { telemetry } = await import("@gossamer/express");
      const engine = createTelemetry({
        serviceName,
        metricIntervalMs: 60_000,
        queue: { maxSpans: 100_000, maxBytes: 64 * 1024 * 1024 },
        otlp: { endpoint: sinkUrl, compression },
        shutdown: { signals: false },
        diagnostics: "warn",
        ...options,
      });
      const send = async (): Promise<void> => {
        if (!(await engine.flush(flushDeadlineMs))) throw new Error("flush did not deliver within its deadline");
      };
      return {
        server: createOrdersService((app) => app.use(telemetry(engine))),
        // Where nothing is sampled there is nothing to send but metrics, which leave once a minute.
        ...(ratio === 0 ? {} : { flush: send }),
        drain: send,
      };
    },
  });
}
