import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const fastifyOpenTelemetry100ServerOnly: Contestant = openTelemetry({
  name: "Fastify, OpenTelemetry 100 %, no hook spans",
  framework: "fastify",
  ratio: 1,
  spans: "server-only",
  compression: "none",
});

export default fastifyOpenTelemetry100ServerOnly;
