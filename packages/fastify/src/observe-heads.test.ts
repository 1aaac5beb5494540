import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { attachExchange, type Exchange } from "@gossamer/core";
import { expect, test } from "vitest";
import { observeHeads } from "./observe-heads.ts";

class OwnResponse extends ServerResponse {
  given: unknown[] = [];

  override writeHead(...args: unknown[]): this {
    this.given = args;
    return this;
  }
}

/** A response, and what its exchange was told of heads. */
function made(Class: new (request: IncomingMessage) => object = OwnResponse) {
  const told: boolean[] = [];
  const request = new IncomingMessage(new Socket());
  attachExchange(request, { headersSent: (isStream: boolean) => told.push(isStream) } as unknown as Exchange);
  return { response: new Class(request) as OwnResponse, told };
}

test("a head is noticed once, however often its class was met, and written as it was given (R-M2)", () => {
  observeHeads(new OwnResponse(new IncomingMessage(new Socket())));
  const { response, told } = made();
  observeHeads(response);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.writeHead(200, "OK", { "Content-Type": "text/html" });
  expect(told).toEqual([true, false]);
  expect(response.given.slice(0, 3)).toEqual([200, "OK", { "Content-Type": "text/html" }]);
});

test("a response of a request that nobody observes is left alone (R-A2)", () => {
  const response = new OwnResponse(new IncomingMessage(new Socket()));
  observeHeads(response);
  expect(response.writeHead(204)).toBe(response);
});

test("Node's own class looks as it did: the same keys, name, length and order of properties (R-A2)", () => {
  const shape = (): unknown => {
    const { value, ...descriptor } = Object.getOwnPropertyDescriptor(ServerResponse.prototype, "writeHead") ?? {};
    const { name, length } = value as { name: string; length: number };
    return [Reflect.ownKeys(ServerResponse.prototype), descriptor, name, length];
  };
  const before = shape();
  const original = Reflect.get(ServerResponse.prototype, "writeHead") as unknown;
  try {
    const { response, told } = made(ServerResponse);
    observeHeads(response);
    expect(shape()).toEqual(before);
    expect(Reflect.get(ServerResponse.prototype, "writeHead")).not.toBe(original);
    response.setHeader("content-type", "text/event-stream");
    response.flushHeaders();
    expect(told).toEqual([true]);
  } finally {
    Object.defineProperty(ServerResponse.prototype, "writeHead", { value: original });
  }
});
