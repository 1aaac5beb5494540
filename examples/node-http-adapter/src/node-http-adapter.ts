import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import {
  exchangeOf,
  nodeReader,
  observeNode,
  type RequestReader,
  type Route,
  type TelemetryEngine,
} from "@gossamer/core/adapter";

const routes = new WeakMap<IncomingMessage, Route>();

const reader: RequestReader<IncomingMessage> = {
  ...nodeReader,
  route: (request) => routes.get(request),
  // Any route may have options: decisions wait for it.
  routeOptionsInUse: { sampling: true, stream: true },
};

/** Tells the engine when a request begins and how it ended, around the listener of a server. */
export function observe(telemetry: TelemetryEngine, listener: RequestListener): RequestListener {
  const observeRequest = observeNode<IncomingMessage, ServerResponse>(telemetry, {
    reader,
    nodeRequest: (request) => request,
    nodeResponse: (response) => response,
  });
  return (request, response) => observeRequest(request, response, () => listener(request, response));
}

/** The service's router has found the route of a request. */
export function matched(request: IncomingMessage, route: Route): void {
  routes.set(request, route);
}

/** A handler threw. */
export function failed(request: IncomingMessage, error: unknown): void {
  exchangeOf(request)?.failed(error);
}
