import { MetadataScanner, type ModulesContainer } from "@nestjs/core";
import { readMetadata } from "./metadata.ts";

/** Under this name Nest keeps the path that `@Get()` and its like were given; it is part of how Nest's own packages talk to each other. */
const pathKey = "path";

type Handler = (...args: never[]) => unknown;

type Controller = abstract new (...args: never[]) => object;

/** One handler of a controller. */
export interface HttpHandler {
  /** Its class. */
  readonly controller: Controller;
  readonly key: string;
  readonly handler: Handler;
}

/** Whether a function is the handler of a route, or carries what Nest noted on one. */
export function isRouteHandler(handler: object): boolean {
  return readMetadata(pathKey, handler) !== undefined;
}

/** The handlers of all controllers of an application: known before any route is made. */
export function httpHandlers(modules: ModulesContainer): HttpHandler[] {
  const scanner = new MetadataScanner();
  const found: HttpHandler[] = [];
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== "function") continue;
      const controller = metatype as unknown as Controller;
      const prototype = controller.prototype as object;
      for (const key of scanner.getAllMethodNames(prototype)) {
        const handler: unknown = Reflect.get(prototype, key);
        if (typeof handler !== "function" || !isRouteHandler(handler)) continue;
        found.push({ controller, key, handler: handler as Handler });
      }
    }
  }
  return found;
}
