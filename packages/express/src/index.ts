// For frameworks that stand on Express.
export { expressMiddleware } from "./express-adapter.ts";
export type {
  ExpressApp,
  ExpressLayer,
  ExpressRequest,
  ExpressResponse,
  ExpressRoute,
  ExpressRouter,
  LayerHandle,
  Next,
  Params,
  RoutePattern,
} from "./express-types.ts";
export type { FrameworkRoutes } from "./framework-routes.ts";
export { telemetry, type ExpressTelemetry } from "./telemetry.ts";

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
