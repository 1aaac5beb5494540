import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http";
import type { ExpressRequest, ExpressResponse, Next } from "@gossamer/express";
import type { InProcessRequest } from "../harness/in-process-client.ts";

/** What is mounted in front of the only route, as `app.use` would. */
export type Middleware = (request: ExpressRequest, response: ExpressResponse, next: Next) => void;

const body = JSON.stringify({ id: "1000", state: "shipped", total: 59.9 });

/**
 * A service with the shape of an Express app and nothing of its work: middleware, then one route that answers.
 *
 * Express itself costs thirty microseconds a request and differs from process to process by more than what is to be seen here. Whatever the
 * adapter looks at is there: the app with its prototypes, which it hooks, the router with its stack, the matched route.
 */
export function createGuardService(middleware: readonly Middleware[]): Server {
  const route = { path: "/orders/:id", stack: [] };
  const app = {
    request: Object.create(IncomingMessage.prototype) as object,
    response: Object.create(ServerResponse.prototype) as object,
    router: { stack: [{ route, handle: () => {} }] },
    use: () => {},
  };
  Object.assign(app.request, { app });

  const answer = (request: ExpressRequest, response: ExpressResponse): void => {
    request.route = route;
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.setHeader("content-length", body.length);
    response.end(body);
  };
  let handle: (request: ExpressRequest, response: ExpressResponse) => void = answer;
  for (const each of middleware.toReversed()) {
    const inner = handle;
    handle = (request, response) => each(request, response, () => inner(request, response));
  }
  return createServer((plainRequest, plainResponse) => {
    const request = plainRequest as ExpressRequest;
    const response = plainResponse as ExpressResponse;
    Object.setPrototypeOf(request, app.request);
    Object.setPrototypeOf(response, app.response);
    request.originalUrl = request.url ?? "";
    handle(request, response);
  });
}

const headers = [
  ...["Host", "orders.example:8080", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"],
  ...["Accept", "application/json", "Accept-Encoding", "gzip, deflate, br", "Connection", "keep-alive"],
];

/** A thousand requests, each for another order. */
export const guardRequests: readonly InProcessRequest[] = Array.from({ length: 1000 }, (_, i) => ({
  method: "GET",
  target: `/orders/${1000 + i}`,
  headers,
}));
