import type { RouteOptions } from "@gossamer/core/adapter";
import type { ExpressRoute, LayerHandle } from "./express-types.ts";

/** What a framework that stands on Express, such as Nest, knows of the routes it made. Asked once a route, off the request path. */
export interface FrameworkRoutes {
  /** The options that a handler carries in its framework's own way. */
  optionsOf(handler: LayerHandle): RouteOptions | undefined;
  /** Whether requests that matched it reached a route of the service's: not what only answers for paths that nobody knows. */
  isRoute(route: ExpressRoute): boolean;
}

/** Express alone: every route is one, and its options are given by `telemetry.route`. */
export const plainRoutes: FrameworkRoutes = { optionsOf: () => undefined, isRoute: () => true };
