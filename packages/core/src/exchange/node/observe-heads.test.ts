import { IncomingMessage, request as httpRequest, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { attachExchange } from "./attached-exchange.ts";
import { observeHeads } from "./observe-heads.ts";

const names = ["write", "flushHeaders"] as const;

afterEach(() => {
  for (const name of names) Reflect.deleteProperty(ServerResponse.prototype, name);
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

test("a response of Node's looks as it did: what `for … in` lists, and names and lengths of its methods (R-A2)", () => {
  const shape = (): unknown => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const listed: string[] = [];
    for (const key in response) listed.push(key);
    return [
      listed.toSorted(),
      Object.keys(response),
      names.map((name) => [response[name].name, response[name].length]),
    ];
  };
  const before = shape();
  const { response, told } = made(ServerResponse);
  observeHeads(response);
  expect(shape()).toEqual(before);
  response.setHeader("content-type", "text/event-stream");
  response.flushHeaders();
  expect(told).toEqual([true]);
});

test("what is patched further up later is called, and a class with requests of any kind is left alone (A9, A11)", () => {
  class Later extends OwnResponse {}
  observeHeads(new Later(new IncomingMessage(new Socket())));
  const { write } = OwnResponse.prototype;
  const patched: unknown[] = [];
  OwnResponse.prototype.write = function (...part: unknown[]) {
    patched.push(part[0]);
    return Reflect.apply(write, this, part);
  };
  const { response, told } = made(Later);
  expect(response.write("part")).toBe(true);
  for (const request of [null, undefined, 7, "text"]) {
    Object.defineProperty(response, "req", { configurable: true, value: request });
    expect(response.write(String(request))).toBe(true);
  }
  OwnResponse.prototype.write = write;
  expect([patched, told]).toEqual([["part", "null", "undefined", "7", "text"], [false]]);
});
