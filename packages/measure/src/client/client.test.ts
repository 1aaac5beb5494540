import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { fastify } from "fastify";
import { describe, expect, it } from "vitest";
import { answersOf, clientOf, drive } from "./in-process-client.ts";
import { inTurns, timeEach } from "./in-turns.ts";
import { requestOf } from "./request-of.ts";
import { serverOf } from "./server-of.ts";

describe("the client without a socket", () => {
  it("headers and body reach the service as over a socket (R-O6)", async () => {
    const server = createServer((request: IncomingMessage, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => response.end(JSON.stringify([request.method, request.url, request.headers, body])));
    });
    const sent = requestOf({ path: "/orders?x=1", headers: { "x-user": "u-7", accept: "*/*" }, body: { sku: "A" } });
    const [answer = ""] = await answersOf(server, [sent]);
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toEqual([
      "POST",
      "/orders?x=1",
      expect.objectContaining({
        host: "service.example:8080",
        "x-user": "u-7",
        accept: "*/*",
        "content-type": "application/json",
        "content-length": "11",
      }),
      '{"sku":"A"}',
    ]);
  });

  it("the service's requests are listened to as by Node's own server (R-O6)", async () => {
    const seen: string[][] = [];
    const server = createServer((request, response) => {
      const { on } = request;
      const events: string[] = [];
      seen.push(events);
      request.on = function (this: IncomingMessage, event: string, listener: (...args: unknown[]) => void) {
        events.push(`${event} ${listener.name}`);
        return Reflect.apply(on, this, [event, listener]) as never;
      } as never;
      response.end("ok");
    });
    await answersOf(server, [requestOf("/")]);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text();
    server.closeAllConnections();
    server.close();
    expect(seen[1]).toEqual(["end clearIncoming"]);
    expect(seen[0]).toEqual(seen[1]);
  });

  it("a request may be written as a line (R-O6)", () => {
    expect(requestOf("/orders")).toMatchObject({ method: "GET", target: "/orders" });
    expect(requestOf("delete /orders/7")).toMatchObject({ method: "DELETE", target: "/orders/7" });
    expect(requestOf({ path: "/", body: "plain" }).headers).not.toContain("Content-Type");
  });

  it("serves applications of Express, Fastify, Nest and Koa, and plain servers and functions (R-O6)", async () => {
    const listener = (_request: unknown, response: { end(text: string): unknown }): unknown => response.end("here");
    const expressApp = express();
    expressApp.get("/", (_request, response) => void response.send("here"));
    const fastifyApp = fastify();
    fastifyApp.get("/", async () => "here");
    const inner = createServer(listener);
    const nest = { init: async () => {}, getHttpServer: () => inner };
    const koa = { callback: () => listener };
    for (const app of [listener, inner, expressApp, fastifyApp, nest, koa]) {
      const [answer] = await answersOf(await serverOf(app), [requestOf("/")]);
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*here/);
    }
    await fastifyApp.close();
  });

  it("what is no service is said (R-O6)", async () => {
    await expect(serverOf({} as never)).rejects.toThrow("made no service: app() must answer a function");
    await expect(serverOf(createServer())).rejects.toThrow("made a server without a listener for requests");
  });

  it("as many requests as were asked for are answered, at most so many at once (R-O6)", async () => {
    let open = 0;
    let most = 0;
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url);
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        response.end();
      });
    });
    const begin = clientOf(server, [requestOf("/a"), requestOf("/b"), requestOf("/c")], 4);
    expect(await inTurns(begin, { times: 10, concurrency: 4, from: 1 })).toBe(10);
    expect(most).toBe(4);
    expect(seen.join("")).toBe("/b/c/a/b/c/a/b/c/a/b");
    expect((await timeEach(begin, { times: 5 })).length).toBe(5);
  });

  it("a request does not begin in the context of the one before (R-O6)", async () => {
    const storage = new AsyncLocalStorage<number>();
    const found: (number | undefined)[] = [];
    const server = createServer((_request, response) => {
      found.push(storage.getStore());
      storage.run(found.length, () => setImmediate(() => response.end()));
    });
    const begin = clientOf(server, [requestOf("/")], 2);
    await inTurns(begin, { times: 6, concurrency: 2 });
    await timeEach(begin, { times: 3 });
    expect(found).toEqual(Array.from({ length: 9 }, () => undefined));
  });

  it("connections stay open from one piece of work to the next, each with its last request and response (R-O6)", async () => {
    type Connection = IncomingMessage["socket"] & { readonly last?: readonly [IncomingMessage, ServerResponse] };
    const lastOf = new Map<Connection, readonly [IncomingMessage, ServerResponse]>();
    const server = createServer((request, response) => {
      lastOf.set(request.socket, [request, response]);
      setImmediate(() => response.end());
    });
    await drive(server, [requestOf("/")], 8, 3);
    const first = [...lastOf.keys()];
    expect(first).toHaveLength(3);
    await drive(server, [requestOf("/")], 8, 3);
    expect(lastOf.size).toBe(3);
    await drive(server, [requestOf("/")], 10, 5);
    expect(lastOf.size).toBe(5);
    expect(first.map(({ remotePort }) => remotePort)).toEqual([40_000, 40_001, 40_002]);
    expect(new Set([...lastOf.keys()].map(({ remotePort }) => remotePort)).size).toBe(5);
    for (const [connection, [request, response]] of lastOf) {
      expect(connection.destroyed).toBe(false);
      expect(connection.last?.[0]).toBe(request);
      expect(connection.last?.[1]).toBe(response);
    }
  });

  it("another server has connections of its own (R-O6)", async () => {
    const seen: unknown[][] = [[], []];
    for (const sockets of seen) {
      const server = createServer((request, response) => {
        sockets.push(request.socket);
        response.end();
      });
      await drive(server, [requestOf("/")], 2, 1);
    }
    expect(seen.map((sockets) => new Set(sockets).size)).toEqual([1, 1]);
    expect(seen[0]?.[0]).not.toBe(seen[1]?.[0]);
  });

  it("a slice that takes too long ends after a turn, and one always runs (R-O6)", async () => {
    const never = Number.MIN_VALUE;
    const begin = (_index: number, _slot: number, over: () => void): void => void setTimeout(over, 2);
    expect(await inTurns(begin, { times: 1_000, concurrency: 3, maxMs: never })).toBe(3);
  });

  it("the first failure ends it, thrown or told (R-O6)", async () => {
    const told = (_index: number, _slot: number, over: (failure?: unknown) => void): void => over(new Error("told"));
    const thrown = (): void => {
      throw new Error("thrown");
    };
    await expect(inTurns(told, { times: 3 })).rejects.toThrow("told");
    await expect(inTurns(thrown, { times: 3 })).rejects.toThrow("thrown");
  });
});
