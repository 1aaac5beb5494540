import { createRequire } from "node:module";
import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createOrdersService } from "./orders-service.ts";

type Instrumentation = import("@opentelemetry/instrumentation-express").ExpressInstrumentation;

/** `all`: as installed, with a span for each middleware and handler. `server-only`: Express layers ignored, so that there is one span a request, as in Gossamer. */
export type ExpressSpans = "all" | "server-only";

export interface OpenTelemetryVariant {
  readonly name: string;
  readonly ratio: number;
  readonly spans: ExpressSpans;
  /** @default "express" */
  readonly framework?: "express" | "fastify";
  readonly compression: "none" | "gzip";
}

/**
 * sdk-node with the instrumentations for http and Express or Fastify, spans and metrics to the sink by OTLP/protobuf.
 *
 * Its queue is made large enough that it never drops under this load; everything else is as it comes. It is loaded by `require`, which its
 * patches need, before Express is.
 */
export function openTelemetry({
  name,
  ratio,
  spans,
  framework = "express",
  compression,
}: OpenTelemetryVariant): Contestant {
  return contestant({
    name,
    framework,
    packages: [
      "@opentelemetry/sdk-node",
      "@opentelemetry/sdk-trace",
      "@opentelemetry/instrumentation-http",
      framework === "fastify" ? "@fastify/otel" : "@opentelemetry/instrumentation-express",
    ],
    delivers: { metrics: true, ratio },
    async setup({ serviceName, sinkUrl }) {
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
        instrumentations: [new HttpInstrumentation(), instrumentationOf(framework, spans, require)],
      }).start();

      const flush = async (): Promise<void> => {
        await spanProcessor.forceFlush();
        await exporter.forceFlush();
      };
      return {
        server: framework === "fastify" ? await createFastifyOrdersService() : createOrdersService(),
        flush,
        async drain() {
          await flush();
          await reader.forceFlush();
        },
      };
    },
  });
}

function instrumentationOf(
  framework: "express" | "fastify",
  spans: ExpressSpans,
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
