import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../../model/request/outcome.ts";
import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { nodeOutcome, sentSoFar, unservedOutcome } from "./node-response.ts";
import { observeUpgrade } from "./observe-upgrade.ts";

/** Ends an exchange with its response, whoever made that. `headers` is where the response's are read. */
export function observeEnd(
  exchange: RequestExchange,
  request: IncomingMessage,
  response: ServerResponse,
  headers: NonNullable<Outcome["response"]>,
): void {
  if (isUpgrade(request)) observeUpgrade(exchange, request, response);
  else if (request.httpVersionMajor !== 2 && isUnserved(request)) observeUnserved(exchange, response, headers);
  // Its client may have left while a hook before ours waited: then the event has been.
  else if (response.closed) exchange.end(nodeOutcome(response, headers));
  else {
    // A connection of HTTP/2 is asked nothing: each question goes through a proxy, and it has no such answer.
    const sentBefore = request.httpVersionMajor === 2 ? 0 : sentSoFar(request);
    const end = (): void => {
      const outcome = nodeOutcome(response, headers, exchange.headSeen ? Number.NEGATIVE_INFINITY : sentBefore);
      if (!outcome.completed) {
        exchange.abandoned(request);
        const error = outcome.brokenOff?.error;
        if (error !== undefined) exchange.failed(error);
      }
      exchange.end(outcome);
    };
    response.on("close", end);
    if (response.socket === null) observeTurn(request, response, end);
  }
}

/** A pipelined request, whose response waits for its turn on the connection: Node 22 closes no such response when the client leaves. */
function observeTurn(request: IncomingMessage, response: ServerResponse, end: () => void): void {
  request.on("close", () => {
    if (response.socket === null && request.socket.destroyed && !response.closed) end();
  });
}

/** Whether the client asked for another protocol, and somebody listens for such requests. */
function isUpgrade(request: object): boolean {
  return (request as { readonly upgrade?: unknown }).upgrade === true;
}

/** Whether the request came over no connection of a server: injected by a test, or built from the event of a function. */
function isUnserved(request: object): boolean {
  const { socket } = request as { readonly socket?: { readonly server?: unknown } | null };
  return socket?.server === undefined;
}

/** Some of those who make responses themselves never close them. */
function observeUnserved(
  exchange: RequestExchange,
  response: ServerResponse,
  headers: NonNullable<Outcome["response"]>,
): void {
  const end = (): void => exchange.end(unservedOutcome(response, headers));
  if (response.closed) return end();
  response.on("close", end);
  // Before anybody who says in this event that it was closed. By then some have not been marked as ended.
  response.prependListener("finish", () => exchange.end({ ...unservedOutcome(response, headers), completed: true }));
}
