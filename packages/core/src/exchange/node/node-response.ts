import type { ServerResponse } from "node:http";
import type { Outcome } from "../../model/outcome.ts";

/**
 * How a response of `node:http` or its HTTP/2 twin ended, read in its `close` event.
 *
 * Both halves are needed: an HTTP/2 stream that was closed without an answer says `writableFinished`, a response whose client left says
 * `writableEnded`. `headers` is where they are read, if the framework keeps its own.
 */
export function nodeOutcome(response: ServerResponse, headers: NonNullable<Outcome["response"]> = response): Outcome {
  return {
    statusCode: response.headersSent ? response.statusCode : undefined,
    completed: response.writableEnded && response.writableFinished,
    response: headers,
  };
}

/** Of a head as Node wrote it: its own headers are all on lines of their own. */
const eventStreamHead = /\r\ncontent-type: *text\/event-stream/i;
const eventStreamType = /^text\/event-stream/i;

/** Whether the head of the response, which has been written, announces a stream of server-sent events. */
export function isEventStream(response: Pick<ServerResponse, "getHeader">): boolean {
  // What `writeHead` is given need not be among the headers; it is in the head itself. The twin of HTTP/2 has no such text, and keeps them all.
  const { _header: head } = response as { readonly _header?: unknown };
  if (typeof head === "string") return eventStreamHead.test(head);
  const type = response.getHeader("content-type");
  return typeof type === "string" && eventStreamType.test(type);
}
