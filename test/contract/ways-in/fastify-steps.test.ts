import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import websocket from "@fastify/websocket";
import { openRaw } from "@gossamer/testing/contract";
import { fastify } from "fastify";
import { fastify as fastify50 } from "fastify50";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listening } from "./listening.ts";
import { settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry({ internalSpans: true });
});
afterEach(() => kit.stop());

function stepNames(): string[] {
  return kit.spans
    .filter(({ kind }) => kind === "internal")
    .map(({ name }) => name)
    .toSorted();
}

test("internalSpans works with the oldest and the newest Fastify 5, even both in one process (R-I1)", async () => {
  for (const make of [fastify50 as unknown as typeof fastify, fastify, fastify50 as unknown as typeof fastify]) {
    const app = make();
    await app.register(fastifyTelemetry, kit.telemetry);
    app.addHook("preHandler", async function authenticate() {});
    app.get("/users/:id", async function getUser() {
      return "x";
    });
    expect((await app.inject("/users/7")).body).toBe("x");
    await app.close();
  }
  await settled(kit, 3);
  expect(stepNames()).toEqual([
    "handler getUser",
    "handler getUser",
    "handler getUser",
    "preHandler authenticate",
    "preHandler authenticate",
    "preHandler authenticate",
  ]);
});

test("with internalSpans, the steps before a web socket have spans, and its record is the same as without (R-I1, R-M2)", async () => {
  const app = fastify();
  await app.register(fastifyTelemetry, kit.telemetry);
  await app.register(websocket);
  app.get("/rooms/:room", { websocket: true, async preValidation() {} }, function room(socket) {
    socket.close();
  });
  await app.ready();
  await listening(app.server, async (port) => {
    const connection = await openRaw(port);
    connection.write(
      "GET /rooms/7 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await connection.until("101 Switching Protocols");
    connection.socket.destroy();
    const [span] = await settled(kit, 1);
    expect(span?.attributes["http.response.status_code"]).toBe(101);
    expect(kit.telemetry.status().spans.live).toBe(0);
  });
  await app.close();
  expect(stepNames()).toContain("preValidation preValidation");
});
