import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { isEventStream, nodeOutcome } from "./node-response.ts";

function response(type?: string | readonly string[]): ServerResponse {
  const made = new ServerResponse(new IncomingMessage(new Socket()));
  if (type !== undefined) made.setHeader("content-type", type);
  return made;
}

test.for<[string, ServerResponse, unknown[], boolean]>([
  ["a header that was set", response("text/event-stream"), [200], true],
  ["with a charset", response("text/event-stream; charset=utf-8"), [200], true],
  ["none", response(), [200], false],
  ["another type", response("text/html"), [200], false],
  ["headers of writeHead", response(), [200, { "Content-Type": "text/event-stream" }], true],
  ["headers behind a status message", response(), [200, "OK", { "content-type": "text/event-stream" }], true],
  ["a flat list", response(), [200, ["X-A", "b", "Content-Type", "text/event-stream"]], true],
  ["a list of pairs", response(), [200, [["content-type", "text/event-stream"]]], true],
  ["writeHead over an earlier one", response("text/event-stream"), [200, { "content-type": "text/html" }], false],
  ["headers of writeHead without a type", response("text/event-stream"), [200, { "x-a": "b" }], true],
  ["no headers at all", response(), [200, undefined], false],
  ["null for headers", response(), [200, null], false],
  ["nothing", response(), [], false],
])("a stream of events is known by its type: %s (R-M2)", ([, made, args, expected]) => {
  expect(isEventStream(made, args)).toBe(expected);
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
