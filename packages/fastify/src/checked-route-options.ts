import type { RouteOptions } from "@gossamer/core/adapter";

/**
 * What `telemetry.route({ … })` answers. Fastify takes any name in a route's `config`, so a misspelt one would compile there; `telemetry.route` takes
 * those that there are.
 */
export interface CheckedRouteOptions extends RouteOptions {
  /** For the compiler alone: there is no such member. */
  readonly "made by telemetry.route({ … })": true;
}
