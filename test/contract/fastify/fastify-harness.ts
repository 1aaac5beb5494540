import multipart from "@fastify/multipart";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import type { AdapterHarness, FixtureAnswer, FixtureRoute } from "@gossamer/testing/contract";
import type { FastifyReply, RouteOptions } from "fastify";
import { createApp, serve } from "./serve.ts";

const routesFirst = "Fastify routes before any hook: the decision never waits for the route, and is made with it";

/** What does not arise where Fastify routes. */
export const fastifyGaps: NonNullable<AdapterHarness["knownGaps"]> = {
  "spans before routing of an unsampled request are kept with it when it fails (R-S12)": routesFirst,
  "trace flags read before routing force the decision, and the span says so (R-S12)": routesFirst,
  "an untraced route cannot undo a decision that was read before routing (R-S12)": routesFirst,
  "spans that wait for the route are limited: with too many, the decision is made without it (R-S12)": routesFirst,
  "trace flags read before routing skip rules on routes but follow the others; this is logged and counted (R-S4, R-S16)":
    routesFirst,
  "an outgoing call before routing carries the decision that is final from then on (R-S12)": routesFirst,
};

/** Fastify with our adapter. */
export const fastifyHarness: AdapterHarness = {
  name: "fastify 5",
  knownGaps: fastifyGaps,
  async start(telemetry, fixture) {
    const app = createApp(fixture);
    if (telemetry !== undefined) await app.register(fastifyTelemetry, telemetry);
    app.addHook("onRequest", async (request) => {
      await fixture.beforeRouting(request.raw);
    });
    await app.register(multipart, { attachFieldsToBody: "keyValues" });
    // As a service does that reads bodies itself: what nobody parses is left on the request.
    app.addContentTypeParser("*", (_request, _payload, done) => {
      done(null);
    });
    for (const route of fixture.routes) app.route(routeOf(route));
    return serve(app);
  },
};

function routeOf({ method, path, options, handle }: FixtureRoute): RouteOptions {
  return {
    method,
    url: path,
    config: options === undefined ? {} : fastifyTelemetry.route(options).config,
    handler(request, reply) {
      const params = request.params as Record<string, string>;
      const call = { params, body: request.body, request: request.raw, response: reply.raw };
      const answered = async (): Promise<void> => {
        const answer = await handle(call);
        if (answer === undefined) reply.hijack();
        else sendAnswer(reply, answer);
      };
      answered().catch((error: unknown) => reply.send(error));
    },
  };
}

function sendAnswer(reply: FastifyReply, { status = 200, headers = {}, body }: FixtureAnswer): void {
  reply.code(status);
  for (const [name, value] of Object.entries(headers))
    reply.header(name, typeof value === "string" ? value : [...value]);
  reply.send(body);
}
