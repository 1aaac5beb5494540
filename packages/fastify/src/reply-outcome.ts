import { nodeOutcome, type Outcome } from "@gossamer/core";
import type { FastifyReply } from "fastify";

const switchingProtocols = 101;

/** How a reply ended, where Node's own signs are not enough. */
export function replyOutcome(reply: FastifyReply): Outcome {
  const { raw } = reply;
  const outcome = nodeOutcome(raw, reply);
  if (outcome.completed) return outcome;
  // A response of `inject()` never finishes in Node's sense, though it was taken whole.
  if (raw.writableEnded && "_lightMyRequest" in raw) return { ...outcome, completed: true };
  // Whoever took the connection over answered on the socket.
  if (isUpgrade(reply.request.raw) && reply.sent && outcome.statusCode === undefined)
    return { ...outcome, statusCode: switchingProtocols, completed: true };
  return outcome;
}

/** Whether the client asked for another protocol, and somebody listens for such requests. */
export function isUpgrade(request: object): boolean {
  return "upgrade" in request && request.upgrade === true;
}
