import type { RequestExchange } from "@gossamer/core";
import type { FastifyReply } from "fastify";

/**
 * Counts a connection that is taken over as a stream from that moment: how long a web socket stays open is no duration of a request.
 *
 * Only upgrades pay for the function on their reply.
 */
export function observeUpgrade(exchange: RequestExchange, reply: FastifyReply): void {
  const { hijack } = reply;
  Object.defineProperty(reply, "hijack", {
    configurable: true,
    enumerable: false,
    writable: true,
    value(this: FastifyReply): FastifyReply {
      exchange.headersSent(true);
      return hijack.call(this);
    },
  });
}
