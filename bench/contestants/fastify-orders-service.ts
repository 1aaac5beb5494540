import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";

/**
 * The orders service on Fastify 5: one hook, a route with a parameter that answers JSON, and one that throws.
 *
 * Fastify is required when this is called, so that telemetry which listens for new apps has had its turn. `mount` is called before anything
 * else is registered. With a logger it writes its own two lines a request.
 */
export async function createFastifyOrdersService(
  mount?: (app: FastifyInstance) => unknown,
  loggerInstance?: FastifyBaseLogger,
): Promise<Server> {
  const { fastify } = createRequire(import.meta.url)("fastify") as typeof import("fastify");
  const app = loggerInstance === undefined ? fastify() : fastify({ loggerInstance });
  await mount?.(app);
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("cache-control", "no-store");
    done();
  });
  app.get<{ Params: { id: string } }>("/orders/:id", (request, reply) => {
    reply.send({
      id: request.params.id,
      state: "shipped",
      items: [
        { sku: "A-17", count: 2 },
        { sku: "B-4", count: 1 },
      ],
      total: 59.9,
    });
  });
  app.get("/orders/:id/refund", () => {
    throw new Error("the payment service refused");
  });
  app.setErrorHandler<Error>((error, _request, reply) => reply.code(500).send({ error: error.message }));
  await app.ready();
  return app.server;
}
