import type { RouteOptions } from "@gossamer/core/adapter";
import { UseFilters } from "@nestjs/common";
import { errorObserver } from "./error-observer.ts";
import type { HttpHandler } from "./http-handlers.ts";
import { copyMetadata, readMetadata, writeMetadata } from "./metadata.ts";
import { carriedOptions, carryOptions } from "./route-decorators.ts";

/** Where Nest's Fastify platform looks for a route's `config`. */
const fastifyConfigKey = "__fastify_route_config__";

const observed = new WeakSet<object>();

/** Notes on handlers what their routes are to know, before Nest makes routes of them. Twice is as once. */
export function prepareHandlers(handlers: readonly HttpHandler[]): void {
  for (const given of handlers) {
    const ofClass = carriedOptions(given.controller);
    const handler = ofClass === undefined ? given.handler : ownHandler(given);
    if (!observed.has(handler)) {
      observed.add(handler);
      // The last filter is asked first, so that it sees what the others are about to answer.
      UseFilters(errorObserver)(given.controller.prototype as object, given.key, { value: handler });
    }
    const options: RouteOptions = { ...ofClass, ...carriedOptions(handler) };
    if (Object.keys(options).length === 0) continue;
    carryOptions(handler, options);
    const config = readMetadata(fastifyConfigKey, handler) as object | undefined;
    writeMetadata(fastifyConfigKey, { ...config, telemetry: options }, handler);
  }
}

/** An inherited handler belongs to other controllers too: what this class says must not be noted on theirs, so it gets one of its own. */
function ownHandler({ controller, key, handler }: HttpHandler): HttpHandler["handler"] {
  const prototype = controller.prototype as object;
  if (Object.hasOwn(prototype, key)) return handler;
  const inherited = handler as (this: unknown, ...args: unknown[]) => unknown;
  function own(this: unknown, ...args: unknown[]): unknown {
    return inherited.apply(this, args);
  }
  copyMetadata(handler, own);
  Object.defineProperty(own, "name", { configurable: true, value: handler.name });
  Object.defineProperty(prototype, key, { configurable: true, enumerable: false, writable: true, value: own });
  return own;
}
