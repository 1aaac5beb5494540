import type { Subject } from "../../harness/subject.ts";
import { makeSpans, type SpanAttributes } from "./orders-span.ts";

const batchSpans = 512;

/** `sdk-trace` with a processor that does nothing but serialise each 512 spans: no queue, no timer, no sending. */
export function openTelemetrySpan(attributes: SpanAttributes): Subject {
  return {
    name: `OpenTelemetry span, ${attributes} attributes`,
    packages: ["@opentelemetry/sdk-trace", "@opentelemetry/otlp-transformer"],
    async setup({ serviceName }) {
      const { TracerProvider } = await import("@opentelemetry/sdk-trace");
      const { ProtobufTraceSerializer } = await import("@opentelemetry/otlp-transformer");
      const { resourceFromAttributes } = await import("@opentelemetry/resources");
      let batch: Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0] = [];
      let encoded = 0;
      const serialise = (): void => {
        if ((ProtobufTraceSerializer.serializeRequest(batch)?.length ?? 0) === 0)
          throw new Error("nothing was serialised");
        encoded += batch.length;
        batch = [];
      };
      const provider = new TracerProvider({
        resource: resourceFromAttributes({ "service.name": serviceName }),
        spanProcessors: [
          {
            onStart() {},
            onEnd(span) {
              batch.push(span);
              if (batch.length === batchSpans) serialise();
            },
            forceFlush: async () => {},
            shutdown: async () => {},
          },
        ],
      });
      const tracer = provider.getTracer("orders", "1.0.0");
      return {
        async run(times) {
          await makeSpans(tracer, attributes, times);
          if (batch.length > 0) serialise();
        },
        counted: () => encoded,
      };
    },
  };
}
