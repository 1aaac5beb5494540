import type { IncomingMessage } from "node:http";
import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { exchangeOf } from "./attached-exchange.ts";
import { coverMethod, type Method } from "./cover-method.ts";
import { isServersOwn } from "./node-reader.ts";

// Node emits later parts of a body outside of the request's context. One of these two brings its listeners back into it.

/**
 * Binds a request at the first listener that somebody adds, by its own prototype: from then on all of them run in its context. Most requests have
 * none.
 */
export function bindAtFirstListener(request: IncomingMessage): void {
  const prototype = Object.getPrototypeOf(request) as object;
  for (const name of ["on", "addListener"] as const) coverMethod(prototype, name, bindingOn);
}

function bindingOn(callOn: Method): Method {
  return function (...args) {
    // First, as each request comes by with that one.
    if (!isServersOwn(args[0] as string, args[1])) exchangeOf(this)?.bindRequest(this as IncomingMessage);
    return Reflect.apply(callOn, this, args);
  };
}

/**
 * Binds a request at once where the service may listen itself, for frameworks whose own parsers of JSON and text keep the context. Most requests have
 * no body.
 */
export function bindUnparsedBody(exchange: RequestExchange, request: IncomingMessage): void {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD") return;
  const type = headers["content-type"];
  if (type !== undefined && (type.startsWith("application/json") || type.startsWith("text/plain"))) return;
  const carriesBody =
    headers["transfer-encoding"] !== undefined ||
    (headers["content-length"] !== undefined ? headers["content-length"] !== "0" : request.httpVersionMajor === 2);
  if (carriesBody) exchange.bindRequest(request);
}
