import type { Server } from "node:http";
import type { Telemetry, TelemetryOptions } from "@gossamer/core";
import { contestant, type Contestant, type Delivery } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createNestOrdersService } from "./nest-orders-service.ts";
import { createOrdersService, type Workload } from "./orders-service.ts";

export interface GossamerVariant {
  readonly name: string;
  readonly workload?: Workload;
  /** @default "express" */
  readonly framework?: "express" | "fastify";
  /** Whether Nest stands on it. @default false */
  readonly nest?: boolean;
  readonly options: TelemetryOptions;
  readonly compression?: "none" | "gzip";
  /** The share of requests whose server span must arrive. */
  readonly ratio: Delivery["ratio"];
}

const flushDeadlineMs = 30_000;

/** `@gossamer/express`, `@gossamer/fastify` or, on one of them, `@gossamer/nestjs` with its defaults, spans and metrics to the sink, in a queue large enough that it never drops under this load. */
export function gossamer({
  name,
  workload = "answers",
  framework = "express",
  nest = false,
  options,
  compression = "none",
  ratio,
}: GossamerVariant): Contestant {
  return contestant({
    name,
    workload,
    framework,
    packages: ["@gossamer/core", `@gossamer/${framework}`],
    delivers: { metrics: true, ratio },
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
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
        server: nest ? await createNestOrdersService(framework, engine) : await serve(framework, engine),
        // Where nothing is sampled there is nothing to send but metrics, which leave once a minute.
        ...(ratio === 0 ? {} : { flush: send }),
        drain: send,
      };
    },
  });
}

async function serve(framework: "express" | "fastify", engine: Telemetry): Promise<Server> {
  if (framework === "fastify") {
    const { telemetry } = await import("@gossamer/fastify");
    return createFastifyOrdersService((app) => app.register(telemetry, engine));
  }
  const { telemetry } = await import("@gossamer/express");
  return createOrdersService((app) => app.use(telemetry(engine)));
}
