import { IncomingMessage, OutgoingMessage, request as httpRequest, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { attachExchange, type RequestExchange } from "@gossamer/core";
import { afterEach, expect, test } from "vitest";
import { observeHeads } from "./observe-heads.ts";

const holders = [
  [OutgoingMessage.prototype, "write"],
  [OutgoingMessage.prototype, "flushHeaders"],
] as const;
const originals = holders.map(([holder, name]) => Reflect.get(holder, name) as unknown);

afterEach(() => {
  for (const [i, [holder, name]] of holders.entries()) Object.defineProperty(holder, name, { value: originals[i] });
});

class OwnResponse extends ServerResponse {
  parts: unknown[][] = [];

  override write(...part: unknown[]): boolean {
    this.parts.push(part);
    this.flushHeaders();
    return true;
  }
}

/** A response, and what its exchange was told of heads. */
function made(Class: new (request: IncomingMessage) => object = OwnResponse) {
  const told: boolean[] = [];
  const request = new IncomingMessage(new Socket());
  const exchange = {
    headSeen: false,
    headersSent(isStream: boolean): void {
      exchange.headSeen = true;
      told.push(isStream);
    },
  };
  attachExchange(request, exchange as unknown as RequestExchange);
  return { response: new Class(request) as OwnResponse, told };
}

test("a head is noticed once, however often its class was met, and what is written stays as it was given (R-M2)", () => {
  observeHeads(new OwnResponse(new IncomingMessage(new Socket())));
  const { response, told } = made();
  observeHeads(response);
  response.writeHead(200, { "content-type": "text/event-stream" });
  expect(told).toEqual([]);
  response.write("one", "utf8");
  response.write("two");
  expect(told).toEqual([true]);
  expect(response.parts).toEqual([["one", "utf8"], ["two"]]);
});

test("a response of a request that nobody observes is left alone (R-A2)", () => {
  const response = new OwnResponse(new IncomingMessage(new Socket()));
  observeHeads(response);
  expect(response.write("part")).toBe(true);
});

test("a request that the service makes itself is written as it was (R-A2)", () => {
  observeHeads(new ServerResponse(new IncomingMessage(new Socket())));
  const client = httpRequest("http://127.0.0.1:9", { method: "POST", createConnection: () => new Socket() });
  client.on("error", () => {});
  client.write("part");
  expect(client.headersSent).toBe(true);
  client.destroy();
});

test("Node's own classes look as they did: the same keys, name, length and order of properties (R-A2)", () => {
  const shape = (): unknown =>
    holders.map(([holder, name]) => {
      const { value, ...descriptor } = Object.getOwnPropertyDescriptor(holder, name) ?? {};
      const { name: called, length } = value as { name: string; length: number };
      return [Reflect.ownKeys(holder), descriptor, called, length];
    });
  const before = shape();
  const { response, told } = made(ServerResponse);
  observeHeads(response);
  expect(shape()).toEqual(before);
  for (const [i, [holder, name]] of holders.entries()) expect(Reflect.get(holder, name)).not.toBe(originals[i]);
  response.setHeader("content-type", "text/event-stream");
  response.flushHeaders();
  expect(told).toEqual([true]);
});
