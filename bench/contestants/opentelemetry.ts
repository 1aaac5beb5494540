import type { Server } from "node:http";
import { createRequire } from "node:module";
import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createNestOrdersService } from "./nest-orders-service.ts";
import { createOrdersService } from "./orders-service.ts";
import { neighbourOf, prepareWork } from "./work.ts";
import type { Workload } from "./workload.ts";

type Instrumentation = import("@opentelemetry/instrumentation-express").ExpressInstrumentation;

/**
 * `all`: as installed, with a span for each middleware and handler. `server-only`: Express layers ignored, so that there is one span a request,
 * as in Gossamer. `http-alone`: no instrumentation of the framework, so that spans and metrics know no route.
 */
export type FrameworkSpans = "all" | "server-only" | "http-alone";

export interface OpenTelemetryVariant {
  readonly name: string;
  readonly workload?: Workload;
  readonly ratio: number;
  /** @default "all" */
  readonly spans?: FrameworkSpans;
  /** @default "express" */
  readonly framework?: "express" | "fastify";
  /** Whether Nest 11 stands on Express. @default false */
  readonly nest?: boolean;
  /** @default "none" */
  readonly compression?: "none" | "gzip";
}

/**
 * sdk-node with the instrumentations for http and Express or Fastify, and Nest and pino where those are there, spans and metrics to the sink by OTLP/protobuf.
 *
 * Its queue is made large enough that it never drops under this load; everything else is as it comes. It is loaded by `require`, which its
 * patches need, before Express is.
 */
export function openTelemetry({
  name,
  workload = "answers",
  ratio,
  spans = "all",
  framework = "express",
  nest = false,
  compression = "none",
}: OpenTelemetryVariant): Contestant {
  return contestant({
    name,
    workload,
    framework,
    packages: [
      "@opentelemetry/sdk-node",
      "@opentelemetry/sdk-trace",
      "@opentelemetry/instrumentation-http",
      ...(spans === "http-alone"
        ? []
        : [framework === "fastify" ? "@fastify/otel" : "@opentelemetry/instrumentation-express"]),
      ...(nest ? ["@opentelemetry/instrumentation-nestjs-core", "@nestjs/core"] : []),
      ...(workload === "log" ? ["@opentelemetry/instrumentation-pino", "pino"] : []),
    ],
    delivers: { metrics: true, ratio, calls: workload === "call" },
    async setup(surroundings) {
      const { serviceName, sinkUrl } = surroundings;
      const neighbour = await neighbourOf(surroundings, workload);
      const require = createRequire(import.meta.url);
      const { NodeSDK } = require("@opentelemetry/sdk-node") as typeof import("@opentelemetry/sdk-node");
      const trace = require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
      const { PeriodicExportingMetricReader } =
        require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
      const { OTLPTraceExporter } =
        require("@opentelemetry/exporter-trace-otlp-proto") as typeof import("@opentelemetry/exporter-trace-otlp-proto");
      const { OTLPMetricExporter } =
        require("@opentelemetry/exporter-metrics-otlp-proto") as typeof import("@opentelemetry/exporter-metrics-otlp-proto");
      const { HttpInstrumentation } =
        require("@opentelemetry/instrumentation-http") as typeof import("@opentelemetry/instrumentation-http");
      const sending = { compression, concurrencyLimit: 1000, keepAlive: true } as Record<string, unknown>;
      const exporter = new OTLPTraceExporter({ ...sending, url: `${sinkUrl}/v1/traces` });
      const spanProcessor = new trace.BatchSpanProcessor({ exporter, maxQueueSize: 100_000 });
      const reader = new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ ...sending, url: `${sinkUrl}/v1/metrics` }),
        exportIntervalMillis: 60_000,
      });
      new NodeSDK({
        serviceName,
        sampler: new trace.ParentBasedSampler({ root: new trace.TraceIdRatioBasedSampler(ratio) }),
        spanProcessors: [spanProcessor],
        metricReaders: [reader],
        logRecordProcessors: [],
        instrumentations: [
          new HttpInstrumentation(),
          ...(spans === "http-alone" ? [] : [instrumentationOf(framework, spans, require)]),
          ...(nest ? [nestInstrumentation(require)] : []),
          ...(workload === "log" ? [pinoInstrumentation(require)] : []),
        ],
      }).start();

      const flush = async (): Promise<void> => {
        await spanProcessor.forceFlush();
        await exporter.forceFlush();
      };
      const { work, verify } = prepareWork(workload, neighbour, { ids: true });
      return {
        server: await serve(),
        flush,
        verify,
        async drain() {
          await flush();
          await reader.forceFlush();
        },
      };

      async function serve(): Promise<Server> {
        if (nest) return createNestOrdersService(11, "express");
        return framework === "fastify" ? createFastifyOrdersService() : createOrdersService(undefined, work);
      }
    },
  });
}

function nestInstrumentation(require: NodeJS.Require): Instrumentation {
  const { NestInstrumentation } =
    require("@opentelemetry/instrumentation-nestjs-core") as typeof import("@opentelemetry/instrumentation-nestjs-core");
  return new NestInstrumentation() as unknown as Instrumentation;
}

/** Correlation alone: lines are not sent on as log records, which nobody else here does. */
function pinoInstrumentation(require: NodeJS.Require): Instrumentation {
  const { PinoInstrumentation } =
    require("@opentelemetry/instrumentation-pino") as typeof import("@opentelemetry/instrumentation-pino");
  return new PinoInstrumentation({ disableLogSending: true }) as unknown as Instrumentation;
}

function instrumentationOf(
  framework: "express" | "fastify",
  spans: FrameworkSpans,
  require: NodeJS.Require,
): Instrumentation {
  if (framework === "fastify") {
    const { FastifyOtelInstrumentation } = require("@fastify/otel") as typeof import("@fastify/otel");
    const all = spans === "all";
    return new FastifyOtelInstrumentation({
      registerOnInitialization: true,
      ...(all ? {} : { instrumentHooks: false, instrumentHandler: false }),
    }) as unknown as Instrumentation;
  }
  const { ExpressInstrumentation, ExpressLayerType } =
    require("@opentelemetry/instrumentation-express") as typeof import("@opentelemetry/instrumentation-express");
  const ignoreLayersType =
    spans === "all" ? [] : [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER, ExpressLayerType.REQUEST_HANDLER];
  return new ExpressInstrumentation({ ignoreLayersType });
}
