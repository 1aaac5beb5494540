import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { PresetName, TelemetryEngine, TelemetryOptions } from "@gossamer/core";
import { contestant, type Contestant, type Delivery } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createNestOrdersService, type NestVersion } from "./nest-orders-service.ts";
import { createOrdersService } from "./orders-service.ts";
import { MeasuredLines, neighbourOf, prepareWork, type Correlation, type Work } from "./work.ts";
import type { Workload } from "./workload.ts";

export interface GossamerVariant {
  readonly name: string;
  readonly workload?: Workload;
  /** @default "express" */
  readonly framework?: "express" | "fastify";
  /** Which Nest stands on it. @default none */
  readonly nest?: NestVersion;
  /** A preset decides all but the exporter, which is the sink, and the size of the queue. @default none */
  readonly preset?: PresetName;
  /** @default { sampleRatio: ratio }, and no request is slow */
  readonly options?: TelemetryOptions;
  /** Without a preset. @default "none" */
  readonly compression?: "none" | "gzip";
  /** The share of requests whose server span must arrive. */
  readonly ratio: Delivery["ratio"];
  /** Whether requests have a log line by `@gossamer/pino`: those that are sampled, which is the default of a logger, or each. @default "none" */
  readonly requestLines?: "none" | "sampled" | "all";
}

/** Where processes are simulated or share their core, requests that nobody meant to be slow take seconds, and would be kept. */
const noneIsSlowMs = 600_000;
const flushDeadlineMs = 30_000;

/**
 * `@gossamer/express`, `@gossamer/fastify` or, on one of them, `@gossamer/nestjs` with its defaults, spans and metrics to the sink, in a queue
 * large enough that it never drops under this load.
 *
 * Outgoing calls are OpenTelemetry's instrumentation-http on our provider, with the options that our engine makes for it: what the README asks
 * a user to do. The service's logger has `@gossamer/pino`'s mixin.
 */
export function gossamer(variant: GossamerVariant): Contestant {
  const { name, workload = "answers", framework = "express", nest, ratio, requestLines = "none" } = variant;
  return contestant({
    name,
    workload,
    framework,
    packages: [
      "@gossamer/core",
      `@gossamer/${framework}`,
      ...(workload === "log" || requestLines !== "none" ? ["@gossamer/pino", "pino"] : []),
      ...(workload === "call" ? ["@opentelemetry/instrumentation-http"] : []),
    ],
    delivers: { metrics: true, ratio, calls: workload === "call" },
    async setup(surroundings) {
      const { serviceName, sinkUrl } = surroundings;
      const neighbour = await neighbourOf(surroundings, workload);
      const { createTelemetry } = await import("@gossamer/core");
      const engine = createTelemetry({
        serviceName,
        ...optionsOf(variant, sinkUrl),
        ...(requestLines === "all" ? { requestLine: "all" } : {}),
      });
      if (workload === "call") traceCalls(engine);
      const lines = requestLines === "none" ? undefined : await writeRequestLines(engine);
      const correlation = workload === "log" ? await correlate(engine) : { ids: true };
      const { work, verify } = prepareWork(workload, neighbour, correlation);
      // As the peers do it: spans alone. Metrics leave once a minute.
      const sendAll = async (): Promise<void> => {
        if (!(await engine.flush(flushDeadlineMs))) throw new Error("flush did not deliver within its deadline");
      };
      return {
        server:
          nest === undefined
            ? await serve(framework, engine, work)
            : await createNestOrdersService(nest, framework, engine),
        ...(ratio === 0 ? {} : { flush: () => engine.tracerProvider.forceFlush!() }),
        drain: sendAll,
        ...(requestLines === "all" ? { counted: () => lines?.lines } : {}),
        verify(requests) {
          verify(requests);
          if (requestLines === "sampled") verifyLines(lines?.lines, requests, Number(ratio));
        },
      };
    },
  });
}

function optionsOf(
  { preset, options, compression = "none", ratio }: GossamerVariant,
  sinkUrl: string,
): TelemetryOptions {
  return {
    queue: { maxSpans: 100_000, maxBytes: 64 * 1024 * 1024 },
    shutdown: { signals: false },
    // Its requests do next to nothing, so that telemetry is a large share of them: it measures that and changes nothing.
    overhead: { floor: "full" },
    diagnostics: "warn",
    ...(preset === undefined
      ? {
          metricIntervalMs: 60_000,
          otlp: { endpoint: sinkUrl, compression },
          ...(options ?? { sampleRatio: Number(ratio), keep: { slowerThanMs: noneIsSlowMs } }),
        }
      : { preset, exporter: "otlp", otlp: { endpoint: sinkUrl } }),
  };
}

async function correlate(engine: TelemetryEngine): Promise<Correlation> {
  const { mixin } = await import("@gossamer/pino");
  return { ids: true, options: { mixin: mixin(engine) } };
}

async function writeRequestLines(engine: TelemetryEngine): Promise<MeasuredLines> {
  const { createLogger } = await import("@gossamer/pino");
  const out = new MeasuredLines();
  createLogger(engine, { destination: out, level: "info" });
  return out;
}

/** Throws unless as many lines were written as requests should have that are sampled at random. */
function verifyLines(lines = 0, requests: number, share: number): void {
  const tolerance = 6 * Math.sqrt(requests * share * (1 - share));
  if (Math.abs(lines - requests * share) > tolerance)
    throw new Error(`${lines} lines of ${requests} requests were written`);
}

function traceCalls(engine: TelemetryEngine): void {
  const { HttpInstrumentation } = createRequire(import.meta.url)(
    "@opentelemetry/instrumentation-http",
  ) as typeof import("@opentelemetry/instrumentation-http");
  new HttpInstrumentation(engine.instrumentationOptions().http).setTracerProvider(engine.tracerProvider);
}

async function serve(
  framework: "express" | "fastify",
  engine: TelemetryEngine,
  work: Work | undefined,
): Promise<Server> {
  if (framework === "fastify") {
    const { telemetry } = await import("@gossamer/fastify");
    return createFastifyOrdersService((app) => app.register(telemetry, engine));
  }
  const { telemetry } = await import("@gossamer/express");
  return createOrdersService((app) => app.use(telemetry(engine)), work);
}
