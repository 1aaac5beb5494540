import { createServer } from "node:http";
import { telemetry as expressTelemetry } from "@gossamer/express";
import websocket from "@fastify/websocket";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { openRaw } from "@gossamer/testing/contract";
import express4 from "express4";
import expressWs from "express-ws";
import { fastify } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

function upgrade(path: string, more: readonly string[]): string {
  const head = [`GET ${path} HTTP/1.1`, "Host: x", "Connection: Upgrade", "Upgrade: websocket", ...more];
  return `${head.join("\r\n")}\r\n\r\n`;
}

const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

test("a web socket of express-ws gets one record (101, a stream), and no request stays active (R-M2, R-A9, C5)", async () => {
  const app = express4();
  const server = createServer(app);
  app.use(expressTelemetry(kit.telemetry));
  const sockets = expressWs(app, server);
  sockets.app.ws("/rooms/:room", (socket) => socket.close());
  await listening(server, async (port) => {
    const connection = await openRaw(port);
    connection.write(upgrade("/rooms/7", [key, "Sec-WebSocket-Version: 13"]));
    await connection.until("101 Switching Protocols");
    connection.socket.destroy();
    const [span] = await settled(kit, 1);
    expect(span?.attributes).toMatchObject({
      "http.response.status_code": 101,
      "http.route": "/rooms/:room/.websocket",
    });
    expect(span?.status).toBe("unset");
    expect(await aborted(kit)).toBe(0);
    expect(await kit.points("gossamer.http.server.stream.duration")).toHaveLength(1);
  });
});

test.for<[string, readonly string[], number]>([
  ["no key", ["Sec-WebSocket-Version: 13"], 400],
  ["a version that nobody speaks", [key, "Sec-WebSocket-Version: 1"], 400],
])("a web socket refused for %s gets one record with the status that was sent (R-M1, C6)", async ([, more, status]) => {
  const app = fastify();
  await app.register(fastifyTelemetry, kit.telemetry);
  await app.register(websocket);
  app.get("/rooms/:room", { websocket: true }, () => {});
  await app.ready();
  await listening(app.server, async (port) => {
    const connection = await openRaw(port);
    connection.write(upgrade("/rooms/7", more));
    expect(await connection.untilClosed()).toContain(`HTTP/1.1 ${status}`);
    const [span] = await settled(kit, 1);
    expect(span?.attributes["http.response.status_code"]).toBe(status);
    expect(await kit.points("gossamer.http.server.stream.duration")).toEqual([]);
    expect(await aborted(kit)).toBe(0);
  });
  await app.close();
});
