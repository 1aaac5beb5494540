// For frameworks that stand on Fastify.
export { type FrameworkRoutes, observe, type RequestHook } from "./observe.ts";
export { telemetry, type FastifyTelemetry, type FastifyTelemetryOptions } from "./telemetry.ts";

// What users of the adapter need besides: nothing else has to be installed.
export type * from "@gossamer/core";
export {
  adaptive,
  alwaysOff,
  alwaysOn,
  createAttributeLimiter,
  createTelemetry,
  isInRollout,
  OptionError,
  parentBased,
  priority,
  rateLimit,
  ratio,
  resetTelemetry,
  rollout,
  rules,
  tiered,
  toOtelSampler,
} from "@gossamer/core/adapter";
