import { checkRouteOptions, type RouteOptions } from "@gossamer/core/adapter";
import { parseDuration } from "./duration-text.ts";
import { readMetadata, writeMetadata } from "./metadata.ts";

/** Under this name the options of a controller, or of a handler, are kept. */
const routeOptionsKey = "gossamer:route-options";

/** Stands on a controller, for all its routes, or on one handler. Handler options override controller options, one by one. */
export type RouteDecorator = ClassDecorator & MethodDecorator;

/**
 * Options of the routes of a controller, or of one handler: `@RouteTelemetry({ name: "report", stream: true })`.
 *
 * They are known as soon as the route is matched, before guards run. Throws an `OptionError` where it stands for an unknown name or a wrong
 * value.
 */
export function RouteTelemetry(options: RouteOptions): RouteDecorator {
  const own = checkRouteOptions(options);
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const holder = (descriptor?.value as object | undefined) ?? target;
    // Decorators run from the last to the first: the one that stands higher wins.
    writeMetadata(routeOptionsKey, { ...carriedOptions(holder), ...own }, holder);
  };
}

/** No traces of these routes, also not when they fail. Their metrics stay exact. */
export function NoTelemetry(): RouteDecorator {
  return RouteTelemetry({ trace: false });
}

/** The share of these routes' requests that are traced, from 0 to 1, whatever the rules say. */
export function Sampled(ratio: number): RouteDecorator {
  return RouteTelemetry({ ratio });
}

/** From how long on a request of these routes is slow, and kept though it was not sampled: `@SlowAfter("500ms")`. */
export function SlowAfter(duration: string): RouteDecorator {
  return RouteTelemetry({ slowerThanMs: parseDuration(duration, "slowAfter") });
}

/** What a class or a function carries of its own or by inheritance; undefined where there is nothing. */
export function carriedOptions(target: object): RouteOptions | undefined {
  return readMetadata(routeOptionsKey, target) as RouteOptions | undefined;
}

/** Notes the options that a handler ends up with. Nest copies them to the function that its platform calls. */
export function carryOptions(handler: object, options: RouteOptions): void {
  writeMetadata(routeOptionsKey, options, handler);
}
