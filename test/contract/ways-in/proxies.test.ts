import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import httpProxyPlugin from "@fastify/http-proxy";
import replyFrom from "@fastify/reply-from";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { openRaw } from "@gossamer/testing/contract";
import express from "express";
import expressHttpProxy from "express-http-proxy";
import { fastify } from "fastify";
import httpProxy from "http-proxy";
import { WebSocket, WebSocketServer } from "ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { begun } from "./begun.ts";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

/** A service behind the proxy: it answers, fails, streams, and leaves a request waiting. */
async function behind<T>(run: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/slow") === true) return;
    if (request.url?.endsWith("/parts") === true) {
      response.write("one ");
      setTimeout(() => response.end("two"), 5);
      return;
    }
    response.statusCode = request.url?.endsWith("/missing") === true ? 404 : 200;
    response.end("answered");
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => void socket.on("message", (message) => socket.send(String(message))));
  try {
    return await listening(server, run);
  } finally {
    sockets.close();
  }
}

type Proxied = (upstream: number, observed: boolean) => Promise<Server>;

const proxies: readonly (readonly [string, Proxied])[] = [
  [
    "http-proxy in Express",
    async (upstream, observed) => {
      const app = express();
      if (observed) app.use(expressTelemetry(kit.telemetry));
      const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${upstream}` });
      proxy.on("error", (_error, _request, response) => {
        if ("writeHead" in response && !response.headersSent) response.writeHead(502).end("bad gateway");
      });
      app.use("/", (request, response) => proxy.web(request, response));
      return Promise.resolve(createServer(app));
    },
  ],
  [
    "express-http-proxy",
    async (upstream, observed) => {
      const app = express();
      if (observed) app.use(expressTelemetry(kit.telemetry));
      app.use("/", expressHttpProxy(`http://127.0.0.1:${upstream}`));
      app.set("env", "test");
      return Promise.resolve(createServer(app));
    },
  ],
  [
    "@fastify/http-proxy",
    async (upstream, observed) => {
      const app = fastify();
      if (observed) await app.register(fastifyTelemetry, kit.telemetry);
      await app.register(httpProxyPlugin, { upstream: `http://127.0.0.1:${upstream}` });
      await app.ready();
      return app.server;
    },
  ],
  [
    "@fastify/reply-from",
    async (upstream, observed) => {
      const app = fastify();
      if (observed) await app.register(fastifyTelemetry, kit.telemetry);
      await app.register(replyFrom, { base: `http://127.0.0.1:${upstream}` });
      app.get("/*", (request, reply) => reply.from(request.url));
      await app.ready();
      return app.server;
    },
  ],
];

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function ask(port: number, paths: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const path of paths) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { traceparent } });
    answers.push({ status: answer.status, body: await answer.text() });
  }
  return answers;
}

const paths = ["/ok", "/missing", "/parts"];

describe.for(proxies)("%s", ([name, make]) => {
  test("a proxied request gets the same response as without telemetry, and one complete record in the caller's trace (R-A9, R-M1)", () =>
    behind(async (upstream) => {
      const bare = await listening(await make(upstream, false), (port) => ask(port, paths));
      expect(bare.map(({ status, body }) => [status, body])).toEqual([
        [200, "answered"],
        [404, "answered"],
        [200, "one two"],
      ]);
      await listening(await make(upstream, true), async (port) => {
        expect(await ask(port, paths)).toEqual(bare);
        const spans = await settled(kit, 3);
        expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([200, 404, 200]);
        expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceparent.slice(3, 35)]));
        expect(await aborted(kit)).toBe(0);
      });
    }));

  test("a proxy without an upstream fails as without telemetry, and the failure gets one record (R-A9, R-M1)", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port: nobody } = gone.address() as AddressInfo;
    gone.close();
    const statusOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);
    const bare = statusOf(await listening(await make(nobody, false), (port) => ask(port, ["/ok"])));
    await listening(await make(nobody, true), async (port) => {
      expect(statusOf(await ask(port, ["/ok"]))).toEqual(bare);
      const [span] = await settled(kit, 1);
      expect(span?.attributes["http.response.status_code"], name).toBe(bare[0]);
      expect(await aborted(kit)).toBe(0);
    });
  });

  test("a client that leaves while the upstream is being asked counts as aborted, without a status (R-A9, R-M2)", () =>
    behind(async (upstream) =>
      listening(await make(upstream, true), async (port) => {
        const connection = await openRaw(port);
        // The proxy's, and that of the service behind it.
        const haveBegun = begun(2);
        connection.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        await haveBegun;
        connection.socket.destroy();
        const [span] = await settled(kit, 1);
        expect([await aborted(kit), span?.attributes["http.response.status_code"]]).toEqual([1, undefined]);
      }),
    ));
});

test("a web socket proxied by @fastify/http-proxy is recorded as a web socket, and no request stays active (R-A9, R-M2)", () =>
  behind(async (upstream) => {
    const app = fastify();
    await app.register(fastifyTelemetry, kit.telemetry);
    await app.register(httpProxyPlugin, { upstream: `http://127.0.0.1:${upstream}`, websocket: true });
    await app.ready();
    await listening(app.server, async (port) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/rooms`, { headers: { traceparent } });
      await once(socket, "open");
      socket.send("hello");
      const [message] = (await once(socket, "message")) as [Buffer];
      expect(message.toString()).toBe("hello");
      socket.close();
      await once(socket, "close");
      const [span] = await settled(kit, 1);
      expect([span?.attributes["http.response.status_code"], span?.traceId]).toEqual([101, traceparent.slice(3, 35)]);
      expect(await aborted(kit)).toBe(0);
    });
    await app.close();
  }));
