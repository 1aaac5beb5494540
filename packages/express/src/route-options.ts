import { checkRouteOptions, exchangeOf, type RouteOptions } from "@gossamer/core/adapter";
import type { ExpressRequest, ExpressResponse, ExpressRoute, LayerHandle, Next } from "./express-types.ts";
import type { FrameworkRoutes } from "./framework-routes.ts";
import { notesOn } from "./request-notes.ts";

interface GivenToRoutes {
  /** By what `telemetry.route` answered. */
  readonly options: WeakMap<LayerHandle, RouteOptions>;
  /** What any route of this process was given. */
  readonly inUse: { sampling: boolean; stream: boolean };
}

const givenKey = Symbol.for("gossamer.express.route-options");
const shared = globalThis as { [givenKey]?: GivenToRoutes };
/** One for all copies of this package: a library's router may have its options from a copy of its own. */
const given = (shared[givenKey] ??= { options: new WeakMap(), inUse: { sampling: false, stream: false } });

/** What any route of this process was given. */
export const routeOptionsInUse: GivenToRoutes["inUse"] = given.inUse;

/**
 * Options of one route, as a handler in front of its own:
 * `app.get("/report", telemetry.route({ name: "report", stream: true }), handler)`.
 *
 * They are known as soon as Express has matched the route, and hold for it alone: not for another that answers because its handlers called on. In
 * front of a whole router (`router.use(telemetry.route(…))`) they hold for its routes from there on, and in front of a handler without a route
 * (`app.use("/files", telemetry.route(…), handler)`) for what that answers. The object is copied. An unknown name or a wrong value throws an `OptionError`.
 */
export function routeOptions(
  options: RouteOptions,
): (request: ExpressRequest, response: ExpressResponse, next: Next) => void {
  const own = checkRouteOptions(options);
  noteUse(own);
  function telemetryRoute(request: ExpressRequest, _response: ExpressResponse, next: Next): void {
    if (exchangeOf(request) !== undefined) {
      const route = request.route ?? undefined;
      notesOn(request).given.push({ handler: telemetryRoute, route, options: own });
    }
    next();
  }
  given.options.set(telemetryRoute, own);
  // Libraries that wrap the functions of layers hand on what they find on them: so it is found in a wrapper too.
  telemetryRoute.telemetryRoute = telemetryRoute;
  return telemetryRoute;
}

function noteUse({ trace, ratio, stream }: RouteOptions): void {
  if (trace !== undefined || ratio !== undefined) routeOptionsInUse.sampling = true;
  if (stream === true) routeOptionsInUse.stream = true;
}

/** What `telemetry.route` answered, where a layer's function is that or wraps it. */
export function optionsGiver({ telemetryRoute }: LayerHandle): LayerHandle | undefined {
  return telemetryRoute !== undefined && given.options.has(telemetryRoute) ? telemetryRoute : undefined;
}

/** The options that stand in a route's own stack, by method; undefined where there are none. */
export function routeOptionsOf(
  route: ExpressRoute,
  framework: FrameworkRoutes,
): ((method: string) => RouteOptions | undefined) | undefined {
  const found: { method: string | undefined; options: RouteOptions }[] = [];
  for (const { handle, method } of route.stack ?? []) {
    const giver = optionsGiver(handle);
    const options = giver === undefined ? framework.optionsOf(handle) : given.options.get(giver);
    if (options === undefined) continue;
    noteUse(options);
    found.push({ method, options });
  }
  if (found.length === 0) return undefined;
  return (method) => {
    const name = method.toLowerCase();
    return found.find(
      (one) => one.method === undefined || one.method === name || (name === "head" && one.method === "get"),
    )?.options;
  };
}
