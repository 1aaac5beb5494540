import { attachExchange, exchangeOf, type Telemetry } from "@gossamer/core";
import type { FastifyInstance } from "fastify";
import { bindBody } from "./bind-body.ts";
import { fastifyReader } from "./fastify-reader.ts";
import { checkedOptions, FastifyRoutes } from "./fastify-routes.ts";
import { observeHeads } from "./observe-heads.ts";
import { observeUpgrade } from "./observe-upgrade.ts";
import { isUpgrade, replyOutcome } from "./reply-outcome.ts";

/** Tells the engine when a request of a Fastify app begins, what its route is, and how it ended. */
export function observe(app: FastifyInstance, telemetry: Telemetry): void {
  if (!telemetry.enabled) return;
  const routes = new FastifyRoutes(telemetry);
  let responses: unknown;

  // Sync hooks that call on: an async one would cost a promise a request.
  app.addHook("onRequest", function telemetryRequest(request, reply, done) {
    if (exchangeOf(request.raw) !== undefined) return done();
    const prototype: unknown = Object.getPrototypeOf(reply.raw);
    if (prototype !== responses) {
      responses = prototype;
      telemetry.guard(() => observeHeads(reply.raw));
    }
    const exchange = telemetry.begin(request, fastifyReader, routes.get(request));
    attachExchange(request.raw, exchange);
    reply.raw.on("close", () => exchange.end(replyOutcome(reply)));
    bindBody(exchange, request.raw);
    if (isUpgrade(request.raw)) observeUpgrade(exchange, reply);
    exchange.run(done);
  });

  app.addHook("onError", function telemetryError(request, _reply, error, done) {
    exchangeOf(request.raw)?.failed(error);
    done();
  });

  app.addHook("onRoute", ({ config }) => {
    if (config?.telemetry !== undefined) checkedOptions(config.telemetry);
  });

  // Fastify closes its server before its plugins: the requests under way are over by then.
  app.addHook("onClose", async () => {
    await telemetry.flush();
  });
}
