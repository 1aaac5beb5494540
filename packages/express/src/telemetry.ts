import { createTelemetry, isTelemetry, type Telemetry, type TelemetryOptions } from "@gossamer/core";
import type { RequestHandler } from "express";
import { expressMiddleware } from "./express-adapter.ts";
import { routeOptions } from "./route-options.ts";

/** `app.use(telemetry())`, with the functions that belong to it. */
export interface ExpressTelemetry {
  /**
   * Observes every request of an Express 5 or 4 app: `app.use(telemetry())`, before all other middleware.
   *
   * Takes options, or an engine that `createTelemetry` made. Without either it uses the engine of this process, and makes it with the defaults
   * if there is none yet. Wrong options throw an `OptionError`; after that nothing throws into the app.
   */
  (source?: TelemetryOptions | Telemetry): RequestHandler;
  /** Options of one route, as a handler in front of its own: `app.get("/report", telemetry.route({ stream: true }), handler)`. */
  readonly route: (options: Parameters<typeof routeOptions>[0]) => RequestHandler;
}

export const telemetry: ExpressTelemetry = Object.assign(
  (source?: TelemetryOptions | Telemetry): RequestHandler => {
    const engine = isTelemetry(source) ? source : createTelemetry(source);
    return (engine.enabled ? expressMiddleware(engine) : passOn) as unknown as RequestHandler;
  },
  { route: routeOptions as unknown as ExpressTelemetry["route"] },
);

function passOn(_request: unknown, _response: unknown, next: () => void): void {
  next();
}
