import type { ExpressRoute, FrameworkRoutes } from "@gossamer/express";
import { isRouteHandler } from "./http-handlers.ts";
import { carriedOptions } from "./route-decorators.ts";

/** A pattern that is nothing but a wildcard: `*path`, `/*path`, `/{*path}`. */
const anything = /^\/?\{?\*\w*\}?$/;

/**
 * What Nest on Express tells of its routes.
 *
 * It answers unknown paths by a route that takes all of them: one that nobody wrote. A wildcard of a controller is a route as any other.
 */
export const nestRoutes: FrameworkRoutes = {
  optionsOf: carriedOptions,
  isRoute: ({ path, stack }: ExpressRoute) =>
    typeof path !== "string" || !anything.test(path) || (stack?.some(({ handle }) => isRouteHandler(handle)) ?? false),
};
