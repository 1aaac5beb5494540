// For frameworks that stand on Fastify.
export { type FrameworkRoutes, observe, type RequestHook } from "./observe.ts";
export type { CheckedRouteOptions } from "./checked-route-options.ts";
export { telemetry, type FastifyTelemetry, type FastifyTelemetryOptions } from "./telemetry.ts";
export { createTelemetry, type RolloutSwitch, type TelemetryOptions } from "./create-telemetry.ts";

// Where both have a name, ours is the one that counts.
export * from "@gossamer/core/service";
