import type { IncomingMessage } from "node:http";
import type { RequestExchange } from "@gossamer/core";

/**
 * Runs the listeners of a request's body in its context, which Node does not do for parts that come later.
 *
 * Only where the service may listen itself: Fastify's own parsers of JSON and text keep the context, and most requests have no body.
 */
export function bindBody(exchange: RequestExchange, request: IncomingMessage): void {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD") return;
  const type = headers["content-type"];
  if (type !== undefined && (type.startsWith("application/json") || type.startsWith("text/plain"))) return;
  const carriesBody =
    headers["transfer-encoding"] !== undefined ||
    (headers["content-length"] !== undefined ? headers["content-length"] !== "0" : request.httpVersionMajor === 2);
  if (carriesBody) exchange.bind(request);
}
