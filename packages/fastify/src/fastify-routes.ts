import { checkRouteOptions, type Route, type RouteOptions, type TelemetryEngine } from "@gossamer/core/adapter";
import type { FastifyRequest } from "fastify";

type RouteConfig = FastifyRequest["routeOptions"]["config"];

/** Checked copies by what the service gave: Fastify's own HEAD route, and a route at several places, hand on the same object. */
const checked = new WeakMap<object, RouteOptions>();

/** The options of a route, checked. Throws an `OptionError`. */
export function checkedOptions(given: RouteOptions): RouteOptions {
  const known = checked.get(given);
  if (known !== undefined) return known;
  const options = checkRouteOptions(given);
  checked.set(given, options);
  // Fastify hands a copy of a route on to the HEAD route it adds: what was checked is not checked again.
  checked.set(options, options);
  return options;
}

/** The engine's handles for the routes of an app, made at their first request. */
export class FastifyRoutes {
  readonly #telemetry: TelemetryEngine;
  readonly #handles = new WeakMap<RouteConfig, Route>();

  constructor(telemetry: TelemetryEngine) {
    this.#telemetry = telemetry;
  }

  /** The route that Fastify matched; null when it matched none. */
  get({ routeOptions }: FastifyRequest): Route | null {
    const { url, config } = routeOptions;
    if (url === undefined) return null;
    const known = this.#handles.get(config);
    if (known !== undefined) return known;
    const route = this.#telemetry.routes.get(url, this.#optionsOf(config));
    this.#handles.set(config, route);
    return route;
  }

  /** A route may be older than our hook for routes: wrong options are then counted, and the route has none. */
  #optionsOf({ telemetry: given }: RouteConfig): RouteOptions | undefined {
    let options: RouteOptions | undefined;
    if (given !== undefined) this.#telemetry.guard(() => (options = checkedOptions(given)));
    return options;
  }
}
