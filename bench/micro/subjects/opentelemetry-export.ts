import { createRequire } from "node:module";
import type { Subject } from "../../harness/subject.ts";
import { type Compression, makeBatch } from "./export-batch.ts";

/** The same batches by `sdk-trace`, its batch processor and its exporter for protobuf. */
export function openTelemetryExport(compression: Compression): Subject {
  return {
    name: `OpenTelemetry export, ${compression}`,
    packages: ["@opentelemetry/sdk-trace", "@opentelemetry/exporter-trace-otlp-proto"],
    async setup({ serviceName, sinkUrl }) {
      const require = createRequire(import.meta.url);
      const { BatchSpanProcessor, TracerProvider } =
        require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
      const { OTLPTraceExporter } =
        require("@opentelemetry/exporter-trace-otlp-proto") as typeof import("@opentelemetry/exporter-trace-otlp-proto");
      const { resourceFromAttributes } =
        require("@opentelemetry/resources") as typeof import("@opentelemetry/resources");
      const sending = { compression, keepAlive: true } as Record<string, unknown>;
      const exporter = new OTLPTraceExporter({ ...sending, url: `${sinkUrl}/v1/traces` });
      const processor = new BatchSpanProcessor({ exporter });
      const provider = new TracerProvider({
        resource: resourceFromAttributes({ "service.name": serviceName }),
        spanProcessors: [processor],
      });
      const tracer = provider.getTracer("orders", "1.0.0");
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            makeBatch(tracer);
            await processor.forceFlush();
            await exporter.forceFlush();
          }
        },
      };
    },
  };
}
