import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const fastifyOpenTelemetry1: Contestant = openTelemetry({
  name: "Fastify, OpenTelemetry 1 %",
  framework: "fastify",
  ratio: 0.01,
  spans: "all",
  compression: "none",
});

export default fastifyOpenTelemetry1;
