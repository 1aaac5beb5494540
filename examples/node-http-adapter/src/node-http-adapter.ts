import type { IncomingMessage, RequestListener } from "node:http";
import { nodeOutcome, nodeReader, type RequestReader, type Route, type TelemetryEngine } from "@gossamer/core";
import { observations } from "./observations.ts";

const reader: RequestReader<IncomingMessage> = {
  ...nodeReader,
  route: (request) => observations.get(request)?.route,
  // Any route may have options: decisions wait for it.
  routeOptionsInUse: { sampling: true, stream: true },
};

/** Tells the engine when a request begins and how it ended, around the listener of a server. */
export function observe(telemetry: TelemetryEngine, listener: RequestListener): RequestListener {
  return (request, response) => {
    const exchange = telemetry.begin(request, reader);
    observations.set(request, { exchange, route: undefined, isBound: false });
    response.on("close", () => exchange.end(nodeOutcome(response)));
    exchange.run(() => listener(request, response));
  };
}

/** The service's router has found the route of a request. */
export function matched(request: IncomingMessage, route: Route): void {
  const observation = observations.get(request);
  if (observation !== undefined) observation.route = route;
}

/** A handler threw. */
export function failed(request: IncomingMessage, error: unknown): void {
  observations.get(request)?.exchange.failed(error);
}
