import { createServer, type Server, ServerResponse } from "node:http";
import { once } from "node:events";
import websocket from "@fastify/websocket";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { identityNow } from "@gossamer/testing/contract";
import express from "express";
import { fastify } from "fastify";
import { Server as SocketServer } from "socket.io";
import { io } from "socket.io-client";
import { WebSocket, WebSocketServer } from "ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

/** A server with one observed route, `/items/:id`, beside which a library listens for sockets of its own. */
const besides: readonly (readonly [string, () => Promise<Server>])[] = [
  [
    "Express",
    async () => {
      const app = express();
      app.use(expressTelemetry(kit.telemetry));
      app.get("/items/:id", (_request, response) => void response.send("x"));
      return Promise.resolve(createServer(app));
    },
  ],
  [
    "Fastify",
    async () => {
      const app = fastify();
      await app.register(fastifyTelemetry, kit.telemetry);
      app.get("/items/:id", async () => "x");
      await app.ready();
      return app.server;
    },
  ],
];

/** Sends a message over a web socket, and answers what comes back. */
async function echoed(url: string, protocols: string[] = []): Promise<string> {
  const socket = new WebSocket(url, protocols, { headers: { traceparent } });
  await once(socket, "open");
  socket.send("hello");
  const [message] = (await once(socket, "message")) as [Buffer];
  socket.close();
  await once(socket, "close");
  return message.toString();
}

describe.for(besides)("beside %s", ([, make]) => {
  test("ws on the server works unchanged, and requests to the app are recorded as usual (R-A9)", async () => {
    const server = await make();
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => void socket.on("message", (message) => socket.send(String(message))));
    await listening(server, async (port) => {
      await (await fetch(`http://127.0.0.1:${port}/items/7`)).text();
      expect(await echoed(`ws://127.0.0.1:${port}/rooms/7`)).toBe("hello");
      await (await fetch(`http://127.0.0.1:${port}/items/8`)).text();
      // The app is never asked about the web socket: there is no record, and nothing is left under way.
      const spans = await settled(kit, 2);
      expect(spans.map(({ name }) => name)).toEqual(["GET /items/:id", "GET /items/:id"]);
      sockets.close();
    });
  });

  test.for(["polling", "websocket"] as const)(
    "socket.io over %s works unchanged, and requests to the app are recorded as usual (R-A9)",
    async (transport) => {
      const server = await make();
      const sockets = new SocketServer(server);
      sockets.on("connection", (socket) => void socket.on("ask", (text, answer) => answer(text)));
      await listening(server, async (port) => {
        const client = io(`http://127.0.0.1:${port}`, { transports: [transport], forceNew: true, reconnection: false });
        expect(await client.timeout(3_000).emitWithAck("ask", "hello")).toBe("hello");
        await (await fetch(`http://127.0.0.1:${port}/items/7`)).text();
        client.disconnect();
        expect((await settled(kit, 1)).map(({ name }) => name)).toEqual(["GET /items/:id"]);
        await sockets.close();
      });
    },
  );
});

test("middleware before ws gives each web socket one record with the status that was sent, in the caller's trace (R-A9, R-M2)", async () => {
  const app = express();
  const observe = expressTelemetry(kit.telemetry);
  app.use(observe);
  const server = createServer(app);
  const sockets = new WebSocketServer({ noServer: true });
  const seen: string[] = [];
  sockets.on("connection", (socket) => {
    seen.push(identityNow().traceId);
    socket.on("message", (message) => socket.send(String(message)));
  });
  server.on("upgrade", (request, socket, head) => {
    const response = new ServerResponse(request);
    response.assignSocket(socket as never);
    observe(request as never, response as never, () => {
      if (request.url === "/closed") socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      else sockets.handleUpgrade(request, socket, head, (client) => void sockets.emit("connection", client, request));
    });
  });
  await listening(server, async (port) => {
    expect(await echoed(`ws://127.0.0.1:${port}/rooms/7`)).toBe("hello");
    const refused = new WebSocket(`ws://127.0.0.1:${port}/closed`);
    await once(refused, "error");
    const spans = await settled(kit, 2);
    expect(spans.map(({ attributes }) => attributes["http.response.status_code"]).toSorted()).toEqual([101, 403]);
    expect(spans.map(({ traceId }) => traceId)).toContain(traceparent.slice(3, 35));
    expect(seen).toEqual([traceparent.slice(3, 35)]);
    expect(await aborted(kit)).toBe(0);
    expect(await kit.points("gossamer.http.server.stream.duration")).toHaveLength(1);
  });
});

test.for(["polling", "websocket"] as const)(
  "middleware added to engine.io gives socket.io over %s a complete record for each request (R-A9, R-M2)",
  async (transport) => {
    const app = express();
    const observe = expressTelemetry(kit.telemetry);
    app.use(observe);
    const server = createServer(app);
    const sockets = new SocketServer(server);
    sockets.engine.use(observe as never);
    sockets.on("connection", (socket) => void socket.on("ask", (text, answer) => answer(text)));
    await listening(server, async (port) => {
      const client = io(`http://127.0.0.1:${port}`, {
        transports: [transport],
        forceNew: true,
        reconnection: false,
        extraHeaders: { traceparent },
      });
      expect(await client.timeout(3_000).emitWithAck("ask", "hello")).toBe("hello");
      client.disconnect();
      await sockets.close();
      await expect.poll(async () => active(kit)).toBe(0);
      const spans = kit.spans.filter(({ kind }) => kind === "server");
      expect(spans.length).toBeGreaterThan(0);
      expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceparent.slice(3, 35)]));
      const statuses = spans.map(({ attributes }) => attributes["http.response.status_code"]);
      if (transport === "websocket") expect(statuses).toEqual([101]);
      else expect(new Set(statuses)).toEqual(new Set([200]));
      expect(kit.telemetry.status().faults).toEqual({});
    });
  },
);

async function active(of: TestTelemetry): Promise<number> {
  return (await of.points("http.server.active_requests")).reduce((all, { value }) => all + value, 0);
}

test("@fastify/websocket with a subprotocol, or next to a handler of the same path, gets one record per request (R-A9, R-M2)", async () => {
  const app = fastify();
  await app.register(fastifyTelemetry, kit.telemetry);
  await app.register(websocket, {
    options: {
      handleProtocols: (protocols: Set<string>) =>
        protocols.has("graphql-transport-ws") ? "graphql-transport-ws" : false,
    },
  });
  app.route({
    method: "GET",
    url: "/graphql",
    handler: async () => "over http",
    wsHandler: (socket) => void socket.on("message", (message: Buffer) => socket.send(String(message))),
  });
  await app.ready();
  await listening(app.server, async (port) => {
    expect(await (await fetch(`http://127.0.0.1:${port}/graphql`)).text()).toBe("over http");
    expect(await echoed(`ws://127.0.0.1:${port}/graphql`, ["graphql-transport-ws"])).toBe("hello");
    const spans = await settled(kit, 2);
    expect(spans.map(({ name, attributes }) => [name, attributes["http.response.status_code"]])).toEqual([
      ["GET /graphql", 200],
      ["GET /graphql", 101],
    ]);
    expect(await aborted(kit)).toBe(0);
  });
  await app.close();
});
