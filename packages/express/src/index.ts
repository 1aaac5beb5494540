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
export { createTelemetry, type RolloutSwitch, type TelemetryOptions } from "./create-telemetry.ts";

// Where both have a name, ours is the one that counts.
export * from "@gossamer/core/service";
