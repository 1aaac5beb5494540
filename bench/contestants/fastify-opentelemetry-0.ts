import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const fastifyOpenTelemetry0: Contestant = openTelemetry({
  name: "Fastify, OpenTelemetry 0 %",
  framework: "fastify",
  ratio: 0,
  spans: "all",
  compression: "none",
});

export default fastifyOpenTelemetry0;
