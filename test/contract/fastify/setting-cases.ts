import assert from "node:assert/strict";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { type ContractCase, identityNow, openRaw } from "@gossamer/testing/contract";
import { withApp, withPlainApp } from "./with-app.ts";

const ok = async (): Promise<string> => "ok";

/** How the plugin is registered, what Fastify's settings do to it, and how it ends. */
export const fastifySettingCases: readonly ContractCase[] = [
  {
    title: "a request gets one record even if the plugin is registered several times (R-A2)",
    run: (world) =>
      withApp(
        world,
        async (app) => {
          await app.register(fastifyTelemetry);
          await app.register(fastifyTelemetry, world.telemetry);
          await app.register(async (inner) => {
            await inner.register(fastifyTelemetry, world.telemetry);
            inner.get("/inner", ok);
          });
        },
        async (app) => {
          await app.get("/inner");
          const { requests, counted } = await world.settle(1);
          assert.deepEqual([requests.length, counted], [1, 1]);
          // No options are not other options.
          assert.doesNotMatch(world.lines.join("\n"), /other options/);
        },
      ),
  },
  {
    title: "Fastify's printed hooks and plugins show which ones are Gossamer's (C23)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/printed", ok);
        },
        async (app) => {
          const routes = app.app.printRoutes({ includeHooks: true });
          assert.match(routes, /\(onRequest\) \["gossamerRequest\(\)"\]/);
          assert.match(routes, /\(onError\) \["gossamerError\(\)"\]/);
          assert.match(app.app.printPlugins(), /@gossamer\/fastify/);
          await app.get("/printed");
          await world.settle(1);
        },
      ),
  },
  {
    title: "if registered inside a plugin, only that plugin's routes are observed (R-A2)",
    run: (world) =>
      withPlainApp(
        world,
        (app) => {
          app.get("/outside", ok);
          app.register(
            async (inner) => {
              await inner.register(fastifyTelemetry, world.telemetry);
              inner.get("/inside", ok);
            },
            { prefix: "/plugin" },
          );
        },
        async (app) => {
          await app.get("/outside");
          await app.get("/plugin/inside");
          assert.equal((await world.settle(1)).requests[0]?.name, "GET /plugin/inside");
        },
      ),
  },
  {
    title: "after hooks that wait, their time is not measured, and a client that left meanwhile is counted (R-A2)",
    run: (world) =>
      withPlainApp(
        world,
        async (app) => {
          app.addHook("onRequest", async (request) => {
            world.fixture.latches.open("before:entered");
            if (request.url === "/left") await new Promise((resolve) => request.raw.on("close", resolve));
          });
          await app.register(fastifyTelemetry, world.telemetry);
          app.get("/left", ok);
        },
        async ({ port }) => {
          const leaving = await openRaw(port);
          leaving.write("GET /left HTTP/1.1\r\nHost: x\r\n\r\n");
          await world.fixture.latches.wait("before:entered");
          leaving.reset();
          assert.equal((await world.settle(1)).aborted, 1);
        },
      ),
  },
  {
    title: "the client's address follows trustProxy (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/", ok);
        },
        async (app) => {
          await app.send({ path: "/", headers: { "x-forwarded-for": "203.0.113.9, 10.0.0.1" } });
          const { requests } = await world.settle(1);
          assert.equal(requests[0]?.attributes["client.address"], "203.0.113.9");
          assert.equal(requests[0]?.attributes["network.peer.address"], "127.0.0.1");
        },
        { trustProxy: true },
      ),
  },
  {
    title: "a URL that Fastify rewrites is reported as the client sent it, under the route it was rewritten to (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/new/:id", ok);
        },
        async (app) => {
          await app.get("/old/7");
          const { attributes } = (await world.settle(1)).requests[0] ?? assert.fail();
          assert.equal(attributes["url.path"], "/old/7");
          assert.equal(attributes["http.route"], "/new/:id");
        },
        { rewriteUrl: ({ url = "/" }) => url.replace("/old/", "/new/") },
      ),
  },
  {
    title: "the request context is active in every hook, parser, validator and serializer (R-I8)",
    async run(world) {
      const seen: Record<string, string> = {};
      const look = (place: string): void => void (seen[place] = identityNow().traceId);
      await withApp(
        world,
        (app) => {
          app.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, body, done) => {
            look("parser");
            done(null, body);
          });
          app.addHook("onRequest", async () => look("onRequest"));
          app.addHook("preParsing", async () => look("preParsing"));
          app.addHook("preValidation", async () => look("preValidation"));
          app.addHook("preHandler", async () => look("preHandler"));
          app.addHook("preSerialization", async () => look("preSerialization"));
          app.addHook("onSend", async () => look("onSend"));
          app.addHook("onResponse", async () => look("onResponse"));
          app.post("/rows", async () => {
            look("handler");
            return { ok: true };
          });
        },
        async (app) => {
          await app.send({
            method: "POST",
            path: "/rows",
            headers: { "content-type": "text/csv" },
            body: "a,b\n".repeat(50_000),
          });
          const { requests } = await world.settle(1);
          assert.equal(Object.keys(seen).length, 9);
          assert.deepEqual(new Set(Object.values(seen)), new Set([requests[0]?.traceId]));
        },
      );
    },
  },
  {
    title: "closing the app lets open requests finish and sends their telemetry before it ends (R-P9)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/slow", async () => {
            world.fixture.latches.open("slow:entered");
            await world.fixture.latches.wait("slow:go");
            return "in time";
          });
        },
        async (app) => {
          const answer = app.get("/slow");
          await world.fixture.latches.wait("slow:entered");
          const closed = app.app.close();
          world.fixture.latches.open("slow:go");
          assert.equal((await answer).body, "in time");
          await closed;
          // Nobody flushes here: what arrived was sent by closing.
          assert.deepEqual(
            world.receiver.spans.map(({ name }) => name),
            ["GET /slow"],
          );
        },
      ),
  },
  {
    title: "closing one app leaves telemetry running for the other apps of the process (R-P9)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/", ok);
        },
        async ({ app, get }) => {
          await withApp(
            world,
            (other) => {
              other.get("/other", ok);
            },
            async (other) => {
              await other.get("/other");
            },
          );
          await get("/");
          assert.equal((await world.settle(2)).requests.length, 2);
          await app.close();
        },
      ),
  },
];
