import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { bindUnparsedBody } from "./bind-body.ts";

type Given = Pick<IncomingMessage, "method" | "headers"> & { httpVersionMajor?: number };

test.for<[string, Given, boolean]>([
  ["no body", { method: "GET", headers: {} }, false],
  ["no body under a method that may have one", { method: "POST", headers: { "content-length": "0" } }, false],
  ["JSON", { method: "POST", headers: { "content-type": "application/json", "content-length": "2" } }, false],
  ["plain text", { method: "PUT", headers: { "content-type": "text/plain", "content-length": "2" } }, false],
  ["a length and no type", { method: "POST", headers: { "content-length": "2" } }, true],
  ["parts", { method: "POST", headers: { "content-type": "image/png", "transfer-encoding": "chunked" } }, true],
  ["HTTP/2, which tells no length", { method: "POST", headers: {}, httpVersionMajor: 2 }, true],
  ["HTTP/2 without a body", { method: "GET", headers: {}, httpVersionMajor: 2 }, false],
])("a body's listeners are bound where the service may listen itself: %s (R-I8)", ([, request, expected]) => {
  let bound = false;
  const exchange = { bindRequest: () => (bound = true) } as unknown as RequestExchange;
  bindUnparsedBody(exchange, { httpVersionMajor: 1, ...request } as IncomingMessage);
  expect(bound).toBe(expected);
});
