import assert from "node:assert/strict";
import { type CheckedRouteOptions, telemetry as fastifyTelemetry } from "@gossamer/fastify";
import type { ContractCase } from "@gossamer/testing/contract";
import { withApp, withPlainApp } from "./with-app.ts";

/** What nobody checked, as JavaScript may say it. */
const unchecked = { ratio: 2 } as unknown as CheckedRouteOptions;
const ok = async (): Promise<string> => "ok";

/** The shapes of routes that only Fastify has. */
export const fastifyRouteCases: readonly ContractCase[] = [
  {
    title: "routes of encapsulated plugins are reported with all their prefixes (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) =>
          app.register(
            async (shop) => {
              shop.get("/", ok);
              await shop.register(
                async (orders) => {
                  orders.get("/:id", ok);
                  orders.get("/", { prefixTrailingSlash: "both" }, ok);
                },
                { prefix: "/orders" },
              );
            },
            { prefix: "/shop/:tenant" },
          ),
        async (app) => {
          for (const path of ["/shop/a", "/shop/a/", "/shop/a/orders/7", "/shop/a/orders", "/shop/a/orders/"])
            await app.get(path);
          const { requests } = await world.settle(5);
          assert.deepEqual(
            requests.map(({ name }) => name),
            [
              "GET /shop/:tenant",
              "GET /shop/:tenant",
              "GET /shop/:tenant/orders/:id",
              "GET /shop/:tenant/orders",
              "GET /shop/:tenant/orders",
            ],
          );
        },
      ),
  },
  {
    title:
      "a template is reported as it was written, with wildcards, several parameters and regular expressions (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/files/*", ok);
          app.get("/near/:lat-:lng", ok);
          app.get("/at/:hour(^\\d{2}$)", ok);
          app.get("/maybe/:page?", ok);
        },
        async (app) => {
          const asked: [string, string][] = [
            ["/files/a/b.txt", "/files/*"],
            ["/near/1-2", "/near/:lat-:lng"],
            ["/at/12", "/at/:hour(^\\d{2}$)"],
            ["/maybe", "/maybe/:page?"],
            ["/maybe/3", "/maybe/:page?"],
          ];
          for (const [path] of asked) await app.get(path);
          const { request } = await world.settle(asked.length);
          for (const [path, template] of asked) assert.equal(request(path).attributes["http.route"], template);
        },
      ),
  },
  {
    title:
      "routes that differ only in version or host are reported as one route, each with its own options (R-A2, R-S5)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          const named = (name: string): { telemetry: CheckedRouteOptions } => fastifyTelemetry.route({ name }).config;
          app.get("/things", { constraints: { version: "1.0.0" }, config: named("first") }, ok);
          app.get("/things", { constraints: { version: "2.0.0" }, config: named("second") }, ok);
          app.get("/things", { constraints: { host: "b.example" } }, ok);
        },
        async (app) => {
          await app.send({ path: "/things", headers: { "accept-version": "1.x" } });
          await app.send({ path: "/things", headers: { "accept-version": "2.x" } });
          await app.send({ path: "/things", headers: { host: "b.example" } });
          const { requests, countOf } = await world.settle(3);
          assert.deepEqual(
            requests.map(({ name }) => name),
            ["GET first", "GET second", "GET /things"],
          );
          assert.equal(countOf("/things"), 3);
        },
      ),
  },
  {
    title: "routes added before the plugin are observed, with their options (R-A2, R-S5)",
    run: (world) =>
      withPlainApp(
        world,
        (app) => {
          app.get("/early/:id", fastifyTelemetry.route({ name: "early" }), ok);
          app.register(fastifyTelemetry, world.telemetry);
          app.get("/late/:id", ok);
        },
        async (app) => {
          await app.get("/early/1");
          await app.get("/late/1");
          const { requests } = await world.settle(2);
          assert.deepEqual(
            requests.map(({ name }) => name),
            ["GET early", "GET /late/:id"],
          );
        },
      ),
  },
  {
    title: "the HEAD route that Fastify adds has the options of its GET route (R-S5)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/quiet", fastifyTelemetry.route({ trace: false }), ok);
          app.get("/named", fastifyTelemetry.route({ name: "the named" }), ok);
        },
        async (app) => {
          for (const path of ["/quiet", "/named"]) {
            await app.send({ method: "HEAD", path });
            await app.get(path);
          }
          const { requests, countOf } = await world.settle(4);
          assert.deepEqual(
            requests.map(({ name }) => name),
            ["HEAD the named", "GET the named"],
          );
          assert.equal(countOf("/quiet"), 2);
        },
      ),
  },
  {
    title: "a request answered by a not-found handler, also a plugin's, gets one record without a route (R-M1, R-L5)",
    run: (world) =>
      withApp(
        world,
        async (app) => {
          app.setNotFoundHandler((_request, reply) => reply.code(404).send("nowhere"));
          await app.register(
            async (inner) => {
              inner.setNotFoundHandler((_request, reply) => reply.code(404).send("not in here"));
              inner.get("/there", ok);
            },
            { prefix: "/inner" },
          );
        },
        async (app) => {
          assert.equal((await app.get("/missing")).body, "nowhere");
          assert.equal((await app.get("/inner/missing")).body, "not in here");
          const { requests, countOf } = await world.settle(2);
          assert.equal(countOf(undefined), 2);
          assert.deepEqual(
            requests.map(({ name }) => name),
            ["GET", "GET"],
          );
        },
      ),
  },
  {
    title: "a handler that calls callNotFound keeps the route that matched (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/items/:id", (_request, reply) => reply.callNotFound());
        },
        async (app) => {
          assert.equal((await app.get("/items/7")).status, 404);
          const { requests } = await world.settle(1);
          assert.equal(requests[0]?.name, "GET /items/:id");
        },
      ),
  },
  {
    title: "a route's own options apply from the first hook on: nothing of an untraced route is traced (R-S5)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.addHook("onRequest", async () => {
            await world.telemetry.span("session lookup", () => Promise.resolve());
          });
          app.get("/quiet", fastifyTelemetry.route({ trace: false }), ok);
        },
        async (app) => {
          await app.get("/quiet");
          const { spans, counted } = await world.settle(1);
          assert.deepEqual([spans.length, counted], [0, 1]);
        },
      ),
  },
  {
    title: "wrong route options throw when the route is added, and the error names them (R-C3)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          assert.throws(
            () => app.get("/wrong", { config: { telemetry: unchecked } }, ok),
            /Option "route\.ratio" must be/,
          );
        },
        async () => {},
      ),
  },
  {
    title: "wrong options of a route added before the plugin are ignored and counted (R-C3)",
    run: (world) =>
      withPlainApp(
        world,
        (app) => {
          app.get("/wrong", { config: { telemetry: unchecked } }, ok);
          app.register(fastifyTelemetry, world.telemetry);
        },
        async (app) => {
          assert.equal((await app.get("/wrong")).body, "ok");
          await app.get("/wrong");
          assert.equal((await world.settle(2)).countOf("/wrong"), 2);
          assert.deepEqual(world.telemetry.status().faults, { adapter: 1 });
        },
      ),
  },
];
