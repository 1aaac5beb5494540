import {
  carryTelemetry,
  engineOf,
  sayWrongMount,
  type Telemetry,
  type TelemetryOptions,
  wrongMount,
} from "@gossamer/core/adapter";
import type { Request, RequestHandler } from "express";
import { expressMiddleware, notForFastify } from "./express-adapter.ts";
import type { Next } from "./express-types.ts";
import { routeOptions } from "./route-options.ts";

/** The middleware, `app.use(telemetry())`, and the functions of this process's telemetry: `telemetry.span(…)`, `telemetry.status()`. */
export interface ExpressTelemetry extends Telemetry {
  /**
   * Observes every request of an Express 5 or 4 app: `app.use(telemetry())`, before all other middleware.
   *
   * Takes options, or what `createTelemetry` made. Without either it uses what this process has, and starts it with the defaults if there is
   * nothing yet. Wrong options throw an `OptionError`; after that nothing throws into the app.
   */
  (source?: TelemetryOptions<Request> | Telemetry): RequestHandler;
  /** Options of one route, as a handler in front of its own: `app.get("/report", telemetry.route({ stream: true }), handler)`. */
  readonly route: (options: Parameters<typeof routeOptions>[0]) => RequestHandler;
}

export const telemetry: ExpressTelemetry = carryTelemetry(
  Object.assign(middleware, { route: routeOptions as unknown as ExpressTelemetry["route"] }),
);

function middleware(source?: TelemetryOptions<Request> | Telemetry): RequestHandler;
function middleware(target: object, ...handed: [second: unknown, next: Next]): void;
function middleware(source?: object, ...handed: unknown[]): RequestHandler | void {
  const [response, next] = handed;
  if (typeof next === "function") return handedOver(source, next as Next);
  if (isResponse(response)) {
    sayWrongMount("http.createServer(telemetry) answers no request: write app.use(telemetry()) in an app of Express");
    return;
  }
  const engine = engineOf(source, middleware, "telemetry(…)");
  return (engine.enabled ? expressMiddleware(engine) : passOn) as unknown as RequestHandler;
}

/** Called by a server of Node itself: only the service can answer. */
function isResponse(value: unknown): boolean {
  return typeof value === "object" && value !== null && "setHeader" in value;
}

/** Called by a framework: somebody forgot to call it, or handed it to Fastify, whose plugins are called with such three things as well. */
function handedOver(target: object | undefined, next: Next): void {
  if (target !== undefined && "addHook" in target) {
    return next(wrongMount(notForFastify, middleware));
  }
  sayWrongMount("app.use(telemetry) observes no request: write app.use(telemetry())");
  next();
}

function passOn(_request: unknown, _response: unknown, next: () => void): void {
  next();
}
