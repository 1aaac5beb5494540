import type { Subject } from "../../harness/subject.ts";

/** The same with sdk-node and the instrumentations for http and Express, sent to the same place. */
const subject: Subject = {
  name: "OpenTelemetry, import and start",
  packages: ["@opentelemetry/sdk-node"],
  async setup({ serviceName, sinkUrl }) {
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = sinkUrl;
    process.env["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio";
    process.env["OTEL_TRACES_SAMPLER_ARG"] = "0.01";
    const { NodeSDK } = await import("@opentelemetry/sdk-node");
    const { HttpInstrumentation } = await import("@opentelemetry/instrumentation-http");
    const { ExpressInstrumentation } = await import("@opentelemetry/instrumentation-express");
    new NodeSDK({ serviceName, instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] }).start();
    return { run: async () => {} };
  },
};

export default subject;
