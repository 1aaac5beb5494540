import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const fastifyOpenTelemetry100: Contestant = openTelemetry({
  name: "Fastify, OpenTelemetry 100 %",
  framework: "fastify",
  ratio: 1,
  spans: "all",
  compression: "none",
});

export default fastifyOpenTelemetry100;
