import "reflect-metadata";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { devPage as builtPage, devPagePlugin as builtPlugin, DevPageModule as BuiltModule } from "@gossamer/devpage";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { TelemetryModule } from "@gossamer/nestjs";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import express from "express";
import express4 from "express4";
import { fastify } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import type { PageState } from "./protocol.ts";
import { ask, json, listenTo, post } from "./testing/page-client.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await resetTelemetry();
});

function start(): void {
  createTelemetry({
    serviceName: "mounted",
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    sampleRatio: 1,
  });
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

class Items {
  find(): string {
    return "an item";
  }
}
Get("items/:id")(Items.prototype, "find", Object.getOwnPropertyDescriptor(Items.prototype, "find") ?? {});
Controller()(Items);

class App {}
Module({ imports: [TelemetryModule.forRoot(), BuiltModule.forRoot()], controllers: [Items] })(App);

const apps: Readonly<Record<string, () => Promise<string>>> = {
  async "Express 5"() {
    const app = express();
    app.use(expressTelemetry());
    app.use(express.json());
    app.use("/__gossamer", builtPage());
    app.get("/items/:id", (_request, response) => void response.send("an item"));
    return serve(app as unknown as RequestListener);
  },
  async "Express 4"() {
    const app = (express4 as unknown as typeof express)();
    app.use(expressTelemetry());
    app.use("/__gossamer", builtPage());
    app.get("/items/:id", (_request, response) => void response.send("an item"));
    return serve(app as unknown as RequestListener);
  },
  async Fastify() {
    const app = fastify();
    await app.register(fastifyTelemetry);
    await app.register(builtPlugin, { prefix: "/__gossamer" });
    app.get("/items/:id", () => "an item");
    closing.push(() => app.close());
    return app.listen({ port: 0, host: "127.0.0.1" });
  },
  async "Nest on Express"() {
    const app = await NestFactory.create(App, { logger: false });
    closing.push(() => app.close());
    await app.listen(0, "127.0.0.1");
    return app.getUrl();
  },
  async "Nest on Fastify"() {
    const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
    closing.push(() => app.close());
    await app.listen(0, "127.0.0.1");
    return app.getUrl();
  },
};

describe.each(Object.entries(apps))("mounted in %s", (_name, startApp) => {
  test("the page is there with all that it asks, and its own requests are neither shown nor counted (R-D3)", async () => {
    start();
    const url = await startApp();
    const page = `${url}/__gossamer/`;
    const bare = await ask(`${url}/__gossamer`);
    expect([bare.status, new URL(bare.headers.location ?? "", `${url}/__gossamer`).href]).toEqual([302, page]);
    const index = await ask(page);
    expect([index.status, index.text.slice(0, 15)]).toEqual([200, "<!doctype html>"]);
    expect((await ask(`${page}app.js`)).headers["content-type"]).toBe("text/javascript; charset=utf-8");
    const stream = listenTo(page);
    expect(await stream.status).toBe(200);
    expect((await ask(`${url}/items/7?x=1`)).text).toBe("an item");
    const applied = await post(page, "api/sampling", { sampleRatio: 0.5 });
    expect([applied.status, applied.body]).toMatchObject([200, { current: { sampleRatio: 0.5 }, undoable: 1 }]);
    await expect.poll(() => stream.events.some(({ name }) => name === "requests")).toBe(true);
    stream.close();
    const state = await json<PageState>(`${page}api/state`);
    expect(state.requests.map(({ path, route }) => [path, route])).toEqual([["/items/7", "/items/:id"]]);
    await expect
      .poll(async () =>
        (await json<PageState>(`${page}api/state`)).snapshot.routes.map(({ route, total }) => [route, total.count]),
      )
      .toEqual([["/items/:id", 1]]);
    for (const headers of [{ host: "evil.example" }, { "x-forwarded-for": "10.0.0.1" }]) {
      expect((await ask(`${page}api/state`, { headers })).status).toBe(403);
    }
    expect((await ask(`${page}api/nothing`)).status).toBe(404);
  });

  test("a method that the page does not take is answered 405, and is neither shown nor counted (R-D3)", async () => {
    start();
    const page = `${await startApp()}/__gossamer/`;
    await ask(`${page}api/state`);
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const { status, headers } = await ask(`${page}api/state`, { method });
      expect([status, headers.allow], method).toEqual([405, "GET, HEAD"]);
    }
    const { requests, snapshot } = await json<PageState>(`${page}api/state`);
    expect([requests, snapshot.routes]).toEqual([[], []]);
  });
});

test.each([
  ["/ops/", "/ops/"],
  ["/", "/"],
  ["/ops", "/ops/"],
])("mounted in Fastify with the prefix %s the page is at %s (R-D3)", async (prefix, path) => {
  start();
  const app = fastify();
  await app.register(fastifyTelemetry);
  await app.register(builtPlugin, { prefix });
  app.get("/items/:id", () => "an item");
  closing.push(() => app.close());
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  expect((await ask(url + path)).status).toBe(200);
  expect((await ask(`${url}${path}app.js`)).status).toBe(200);
  expect((await ask(`${url}${path}api/state`)).status).toBe(200);
  expect((await ask(`${url}/items/1`)).text).toBe("an item");
});
