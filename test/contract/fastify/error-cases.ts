import assert from "node:assert/strict";
import type { ContractCase, World } from "@gossamer/testing/contract";
import type { FastifyInstance } from "fastify";
import { withApp } from "./with-app.ts";

class StockError extends Error {
  override readonly name = "StockError";
}

function fail(): never {
  throw new StockError("sold out");
}

/** The places where an error may come from, each as the service writes it. */
const places: Readonly<Record<string, (app: FastifyInstance) => unknown>> = {
  "a hook before the handler": (app) => {
    app.get("/x", { preHandler: async () => fail() }, async () => "x");
  },
  "a hook that calls on with it": (app) => {
    app.get("/x", { onRequest: (_request, _reply, done) => done(new StockError("sold out")) }, async () => "x");
  },
  "a hook behind the handler": (app) => {
    app.get("/x", { onSend: async () => fail() }, async () => "x");
  },
  "a reply that sends it": (app) => {
    app.get("/x", (_request, reply) => void reply.send(new StockError("sold out")));
  },
  "a callback that lost its context": (app) => {
    app.get("/x", (_request, reply) => {
      setTimeout(() => reply.send(new StockError("sold out")), 1);
    });
  },
  "an error handler that answers it": (app) => {
    app.setErrorHandler((_error, _request, reply) => reply.code(503).send("try later"));
    app.get("/x", async () => fail());
  },
  "an error handler of an encapsulated plugin": (app) =>
    app.register(async (inner) => {
      inner.setErrorHandler((_error, _request, reply) => reply.code(500).send("inner"));
      inner.get("/x", async () => fail());
    }),
};

/** What becomes of an error on its way through Fastify. */
export const fastifyErrorCases: readonly ContractCase[] = [
  ...Object.entries(places).map(([place, build]): ContractCase => ({
    title: `an error thrown in ${place} is recorded on the request's span (R-A2, R-G7)`,
    run: (world) => assertFailed(world, build),
  })),
  {
    title: "a request that fails validation gets a 400 and does not count as a failure (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          const schema = { querystring: { type: "object", required: ["q"], properties: { q: { type: "string" } } } };
          app.get("/search", { schema }, async () => "x");
        },
        async (app) => {
          assert.equal((await app.get("/search")).status, 400);
          const { requests } = await world.settle(1);
          assert.equal(requests[0]?.status.code, 0);
          assert.equal("error.type" in (requests[0]?.attributes ?? {}), false);
        },
      ),
  },
  {
    title: "a body that no parser accepts (malformed, too large, unknown type) gets one record with its status (R-M1)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.post("/orders", { bodyLimit: 10 }, async () => "x");
        },
        async (app) => {
          const asked: [string, string, number][] = [
            ["application/json", '{"a"', 400],
            ["application/json", `{"a":"${"b".repeat(50)}"}`, 413],
            ["image/png", "png", 415],
          ];
          for (const [type, body, status] of asked) {
            const answer = await app.send({ method: "POST", path: "/orders", headers: { "content-type": type }, body });
            assert.equal(answer.status, status);
          }
          const { requests } = await world.settle(3);
          assert.deepEqual(
            requests.map(({ name, attributes }) => [name, Number(attributes["http.response.status_code"])]),
            asked.map(([, , status]) => ["POST /orders", status]),
          );
        },
      ),
  },
  {
    title: "a thrown null gets the same response as without telemetry and is counted (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/null", async () => {
            throw null;
          });
        },
        async (app) => {
          assert.equal((await app.get("/null")).status, 500);
          const { requests } = await world.settle(1);
          assert.equal(requests[0]?.attributes["error.type"], "500");
        },
      ),
  },
  {
    title: "a URL that Fastify refuses before any hook leaves nothing behind (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/a/:b", async () => "x");
        },
        async (app) => {
          assert.equal((await app.get("/a/%c3%28%zz")).status, 400);
          await app.get("/a/b");
          assert.equal((await world.settle(1)).requests[0]?.name, "GET /a/:b");
        },
      ),
  },
];

async function assertFailed(world: World, build: (app: FastifyInstance) => unknown): Promise<void> {
  await withApp(world, build, async (app) => {
    assert.ok((await app.get("/x")).status >= 500);
    const { requests } = await world.settle(1);
    assert.equal(requests[0]?.attributes["error.type"], "StockError");
    assert.equal(requests[0]?.status.message, "sold out");
  });
}
