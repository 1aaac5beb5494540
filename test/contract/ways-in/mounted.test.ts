import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import fastifyExpress from "@fastify/express";
import middie from "@fastify/middie";
import { createTelemetry } from "@gossamer/core";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { identityNow, PaymentError } from "@gossamer/testing/contract";
import connectApp from "connect";
import express, { type ErrorRequestHandler, type Express } from "express";
import express4 from "express4";
import { fastify } from "fastify";
import bridge from "http2-express-bridge";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tls } from "./tls.ts";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

test("registering Express's telemetry() in Fastify logs one line that says what to write, and the app runs (R-C3)", async () => {
  const lines: string[] = [];
  await kit.stop();
  createTelemetry({
    exporter: "none",
    shutdown: { signals: false },
    diagnostics: "warn",
    log: (line) => lines.push(line),
  });
  const app = fastify();
  app.register(expressTelemetry() as never);
  app.get("/", () => "ok");
  expect([(await app.inject("/")).body, (await app.inject("/")).body]).toEqual(["ok", "ok"]);
  expect(lines).toEqual([expect.stringMatching(/no plugin of Fastify.*GSM_WRONG_MOUNT/)]);
  await app.close();
});

test("with @fastify/express, a response is recorded with its status, also if it failed (R-M1, C1)", async () => {
  const app = fastify();
  await app.register(fastifyTelemetry, kit.telemetry);
  await app.register(fastifyExpress);
  app.use((_request: unknown, _response: unknown, next: () => void) => {
    next();
  });
  app.get("/items/:id", (_request, reply) => void reply.send("x"));
  app.get("/broken", () => {
    throw new PaymentError("declined");
  });
  await app.ready();
  await listening(app.server, async (port) => {
    for (const path of ["/items/7", "/broken"]) await fetch(`http://127.0.0.1:${port}${path}`);
    const spans = await settled(kit, 2);
    expect(spans.map(({ attributes }) => [attributes["http.response.status_code"], attributes["error.type"]])).toEqual([
      [200, undefined],
      [500, "PaymentError"],
    ]);
    expect(await aborted(kit)).toBe(0);
  });
});

test("with @fastify/middie, each request gets one complete record, whether middleware passes it on, answers it or fails it (R-A9, C1)", async () => {
  const app = fastify();
  await app.register(fastifyTelemetry, kit.telemetry);
  await app.register(middie);
  app.use("/closed", (_request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = 401;
    response.end("no");
  });
  app.use("/broken", (_request: IncomingMessage, _response: ServerResponse, next: (error?: Error) => void) => {
    next(new PaymentError("declined"));
  });
  app.use((_request: IncomingMessage, _response: ServerResponse, next: () => void) => {
    setImmediate(next);
  });
  app.get("/items/:id", (_request, reply) => void reply.send(identityNow().traceId));
  await app.ready();
  await listening(app.server, async (port) => {
    const bodies: string[] = [];
    for (const path of ["/items/7", "/closed", "/broken"]) {
      bodies.push(await (await fetch(`http://127.0.0.1:${port}${path}`)).text());
    }
    const spans = await settled(kit, 3);
    expect(
      spans.map(({ name, attributes }) => [name, attributes["http.response.status_code"], attributes["error.type"]]),
    ).toEqual([
      ["GET /items/:id", 200, undefined],
      ["GET", 401, undefined],
      ["GET", 500, "PaymentError"],
    ]);
    expect(bodies[0]).toBe(spans[0]?.traceId);
    expect(await aborted(kit)).toBe(0);
  });
});

const answers: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).send("handled");

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s", ([, make]) => {
  test("behind a connect app, routes and errors are reported as without it (R-A9, C2)", async () => {
    const app: Express = make();
    app.use(expressTelemetry(kit.telemetry));
    const dev = connectApp();
    dev.use((_request, _response, next) => {
      next();
    });
    app.use(dev);
    const router = make.Router();
    router.get("/:id", (_request, response) => void response.send("x"));
    router.get("/:id/pay", () => {
      throw new PaymentError("declined");
    });
    app.use("/orders", router);
    app.use(answers);
    await listening(createServer(app), async (port) => {
      for (const path of ["/orders/7", "/orders/7/pay"]) await fetch(`http://127.0.0.1:${port}${path}`);
      const spans = await settled(kit, 2);
      expect(spans.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
        ["GET /orders/:id", undefined],
        ["GET /orders/:id/pay", "PaymentError"],
      ]);
    });
  });
});

test("with http2-express-bridge, body listeners and event streams work as over HTTP/1.1 (R-I11, C7)", async () => {
  const app = bridge(express4 as never) as unknown as Express;
  const seen: string[] = [];
  app.use(expressTelemetry(kit.telemetry));
  app.post("/body", (request, response) => {
    request.on("data", () => void seen.push(identityNow().traceId));
    request.on("end", () => {
      seen.push(identityNow().traceId);
      response.send("x");
    });
  });
  app.get("/events", (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    setTimeout(() => response.end(), 20);
  });
  const server = createSecureServer({ ...tls, allowHTTP1: true }, app as never);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, { rejectUnauthorized: false });
  const posted = session.request({ ":method": "POST", ":path": "/body" });
  posted.write("one");
  await new Promise((resolve) => setTimeout(resolve, 20));
  posted.end("two");
  await text(posted);
  await text(session.request({ ":path": "/events" }).end());
  const spans = await settled(kit, 2);
  session.destroy();
  server.close();
  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen)).toEqual(new Set([spans[0]?.traceId]));
  expect(spans.map(({ name }) => name)).toEqual(["POST /body", "GET /events"]);
  expect(await kit.points("gossamer.http.server.stream.duration")).toHaveLength(1);
});
