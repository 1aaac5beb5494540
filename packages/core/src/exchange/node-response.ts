import type { ServerResponse } from "node:http";
import type { Outcome } from "../model/outcome.ts";

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

const eventStream = "text/event-stream";

/** Whether the response head announces a stream of server-sent events. `writeHeadArguments` are those of `writeHead`, which may carry headers of their own. */
export function isEventStream(response: ServerResponse, writeHeadArguments: readonly unknown[] = []): boolean {
  return announcesEvents(response, writeHeadArguments.at(-1));
}

/** The same, by the headers that `writeHead` was given, if it was given any. */
export function announcesEvents(response: ServerResponse, headers: unknown): boolean {
  const type =
    (typeof headers === "object" && headers !== null ? contentTypeOf(headers) : undefined) ??
    response.getHeader("content-type");
  return typeof type === "string" && startsAsEventStream(type);
}

function startsAsEventStream(type: string): boolean {
  // Most answers are told apart by their first letter, without a copy.
  if (type[0] !== "t" && type[0] !== "T") return false;
  return type.slice(0, eventStream.length).toLowerCase() === eventStream;
}

const contentType = "content-type";

/** From headers in one of the forms that `writeHead` takes: an object, or a flat list. Each answer passes here, so nothing is made on the way. */
function contentTypeOf(headers: object): unknown {
  if (Array.isArray(headers)) return contentTypeInList(headers);
  for (const name in headers) {
    if (isContentType(name)) return (headers as Record<string, unknown>)[name];
  }
  return undefined;
}

function contentTypeInList(headers: readonly unknown[]): unknown {
  for (const [i, item] of headers.entries()) {
    if (Array.isArray(item)) {
      if (isContentType(item[0])) return item[1];
    } else if (i % 2 === 0 && isContentType(item)) return headers[i + 1];
  }
  return undefined;
}

function isContentType(name: unknown): boolean {
  return (
    typeof name === "string" &&
    name.length === contentType.length &&
    (name === contentType || name.toLowerCase() === contentType)
  );
}
