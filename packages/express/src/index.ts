export { createTelemetry } from "@gossamer/core";

// For frameworks that stand on Express.
export { expressMiddleware } from "./express-adapter.ts";
export type { ExpressRequest, ExpressResponse, ExpressRoute, LayerHandle, Next } from "./express-types.ts";
export type { FrameworkRoutes } from "./framework-routes.ts";
export { telemetry, type ExpressTelemetry } from "./telemetry.ts";
