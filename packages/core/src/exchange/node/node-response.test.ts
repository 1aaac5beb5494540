import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { isEventStream, nodeOutcome } from "./node-response.ts";

/** A response whose head was written: by `writeHead` with these, after this type was set. */
function written(type: string | readonly string[] | undefined, ...given: unknown[]): ServerResponse {
  const made = new ServerResponse(new IncomingMessage(new Socket()));
  if (type !== undefined) made.setHeader("content-type", type);
  Reflect.apply(made.writeHead, made, given);
  return made;
}

const pairs = [["content-type", "text/event-stream"]];

test.for<[string, ServerResponse, boolean]>([
  ["a header that was set", written("text/event-stream", 200), true],
  ["with a charset", written("text/event-stream; charset=utf-8", 200), true],
  ["in other letters", written("Text/Event-Stream", 200), true],
  ["none", written(undefined, 200), false],
  ["another type", written("text/html", 200), false],
  ["another header with the text", written("text/html", 200, { "x-type": "content-type: text/event-stream" }), false],
  ["headers of writeHead", written(undefined, 200, { "Content-Type": "text/event-stream" }), true],
  ["headers behind a status message", written(undefined, 200, "OK", { "content-type": "text/event-stream" }), true],
  ["a flat list", written(undefined, 200, ["X-A", "b", "Content-Type", "text/event-stream"]), true],
  ["a list of pairs", written(undefined, 200, pairs), true],
  ["writeHead over an earlier one", written("text/event-stream", 200, { "content-type": "text/html" }), false],
  ["headers of writeHead without a type", written("text/event-stream", 200, { "x-a": "b" }), true],
])("a stream of events is known by the type in its head: %s (R-M2)", ([, made, expected]) => {
  expect(isEventStream(made)).toBe(expected);
});

test("a response of HTTP/2, which has no head as text, is known by its header (R-M2)", () => {
  const typed = (type: unknown) => ({ getHeader: () => type }) as unknown as ServerResponse;
  expect(isEventStream(typed("text/event-stream"))).toBe(true);
  expect(isEventStream(typed("application/json"))).toBe(false);
  expect(isEventStream(typed(undefined))).toBe(false);
});

test.for<[string, Partial<ServerResponse>, number | undefined, boolean]>([
  [
    "answered and handed over",
    { headersSent: true, statusCode: 201, writableEnded: true, writableFinished: true },
    201,
    true,
  ],
  [
    "cut in its body",
    { headersSent: true, statusCode: 200, writableEnded: false, writableFinished: false },
    200,
    false,
  ],
  [
    "ended, but the client was gone",
    { headersSent: true, statusCode: 200, writableEnded: true, writableFinished: false },
    200,
    false,
  ],
  [
    "an HTTP/2 stream that was never answered",
    { headersSent: false, statusCode: 200, writableEnded: false, writableFinished: true },
    undefined,
    false,
  ],
])("a response is judged by both its halves: %s (R-M2)", ([, state, statusCode, completed]) => {
  expect(nodeOutcome(state as ServerResponse)).toMatchObject({ statusCode, completed });
});
