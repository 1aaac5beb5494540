export { createTelemetry } from "@gossamer/core";
// For frameworks that stand on Fastify.
export { type FrameworkRoutes, observe, type RequestHook } from "./observe.ts";
export { telemetry, type FastifyTelemetry, type FastifyTelemetryOptions } from "./telemetry.ts";
