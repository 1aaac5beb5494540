import type { ServerResponse } from "node:http";
import type { Outcome } from "../model/outcome.ts";

/**
 * How a response of `node:http` or its HTTP/2 twin ended, read in its `close` event.
 *
 * Both halves are needed: an HTTP/2 stream that was closed without an answer says `writableFinished`, a response whose client left says
 * `writableEnded`.
 */
export function nodeOutcome(response: ServerResponse): Outcome {
  return {
    statusCode: response.headersSent ? response.statusCode : undefined,
    completed: response.writableEnded && response.writableFinished,
    response,
  };
}

const eventStream = "text/event-stream";

/** Whether the response head announces a stream of server-sent events. `writeHeadArguments` are those of `writeHead`, which may carry headers of their own. */
export function isEventStream(response: ServerResponse, writeHeadArguments: readonly unknown[] = []): boolean {
  const given: unknown = writeHeadArguments.at(-1);
  const type =
    (typeof given === "object" && given !== null ? contentTypeOf(given) : undefined) ??
    response.getHeader("content-type");
  return typeof type === "string" && type.slice(0, eventStream.length).toLowerCase() === eventStream;
}

/** From headers in one of the forms that `writeHead` takes: an object, or a flat list. */
function contentTypeOf(headers: object): unknown {
  const entries: [unknown, unknown][] = Array.isArray(headers)
    ? headers.map((item, i) => (Array.isArray(item) ? [item[0], item[1]] : [item, headers[i + 1]]))
    : Object.entries(headers);
  return entries.find(([name]) => typeof name === "string" && name.toLowerCase() === "content-type")?.[1];
}
