import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { telemetry as express5 } from "@gossamer/express";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { initTRPC, TRPCError } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";
import { afterEach, beforeEach, expect, test } from "vitest";
import { trpcOperations } from "./index.ts";

let made: TestTelemetry;
let server: Server;
let origin = "";

beforeEach(async () => {
  made = createTestTelemetry();
  const t = initTRPC.create();
  const procedure = t.procedure.use(trpcOperations(made.telemetry));
  const router = t.router({
    user: t.router({
      byId: procedure.query(() => "Ada"),
      rename: procedure.mutation(() => "done"),
    }),
    missing: procedure.query(() => {
      throw new TRPCError({ code: "NOT_FOUND" });
    }),
  });
  const caller = t.createCallerFactory(router)({});
  const app = express();
  app.use(express5(made.telemetry));
  app.get("/page/:id", async (_request, response) => {
    response.send(await caller.user.byId());
  });
  app.use("/trpc", createExpressMiddleware({ router }));
  server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await made.stop();
});

const requests = (): string[] => made.spans.filter(({ kind }) => kind === "server").map(({ name }) => name);

test("a request of tRPC is named after its procedure, on span and metric (R-I13)", async () => {
  expect((await fetch(`${origin}/user.byId`)).status).toBe(200);
  expect(
    (
      await fetch(`${origin}/user.rename`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      })
    ).status,
  ).toBe(200);
  expect((await fetch(`${origin}/user.nothing`)).status).toBe(404);
  await expect.poll(requests).toEqual(["user.byId", "user.rename", "GET"]);
  expect(made.span("user.byId").attributes).toMatchObject({ "rpc.system.name": "trpc", "rpc.method": "user.byId" });
  const points = await made.points("http.server.request.duration");
  expect(points.map(({ attributes }) => attributes["rpc.method"])).toEqual(["user.byId", "user.rename", undefined]);
});

test("a batch is one request, with a span and a measurement a procedure (R-I13)", async () => {
  const response = await fetch(`${origin}/user.byId,missing,user.byId?batch=1&input=%7B%7D`);
  expect(response.status).toBe(207);
  await expect.poll(requests).toHaveLength(1);
  const request = made.spans.find(({ kind }) => kind === "server");
  const children = made.spans.filter(({ kind }) => kind !== "server");
  expect(children.map(({ name }) => name).toSorted()).toEqual(["missing", "user.byId", "user.byId"]);
  for (const child of children) expect(child.parentSpanId).toBe(request?.spanId);
  expect(made.span("missing").attributes).toMatchObject({ "error.type": "NOT_FOUND", "rpc.method": "missing" });
  expect(made.span("missing").status).toBe("error");
  const points = await made.points("rpc.server.call.duration");
  const counts = points.map(({ attributes, count }) => [attributes["rpc.method"], attributes["error.type"], count]);
  expect(counts.toSorted()).toEqual([
    ["missing", "NOT_FOUND", 1],
    ["user.byId", undefined, 2],
  ]);
});

test("what a handler calls in the process is a span in its request, which keeps its name (R-I13)", async () => {
  expect((await fetch(`${origin.replace("/trpc", "")}/page/7`)).status).toBe(200);
  await expect.poll(requests).toEqual(["GET /page/:id"]);
  const request = made.span("GET /page/:id");
  expect(made.span("user.byId").parentSpanId).toBe(request.spanId);
  expect(request.attributes).not.toHaveProperty("rpc.method");
});
