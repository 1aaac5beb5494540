import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { type Answer, answerTo, type ShopDomain } from "shop-domain";

interface WithId {
  Params: { id: string };
}

/** Everything the shop serves. */
export function shopRoutes(app: FastifyInstance, { catalogue, orders, reports, updates, log }: ShopDomain): void {
  app.get("/healthz", (_request, reply) => reply.type("text/plain").send("ok"));

  app.get<{ Querystring: { page?: unknown } }>("/products", ({ query }, reply) =>
    give(reply, catalogue.list(query.page)),
  );
  app.get<WithId>("/products/:id", ({ params }, reply) => give(reply, catalogue.product(params.id)));
  app.get<{ Querystring: { q?: unknown } }>("/search", ({ query }, reply) => give(reply, catalogue.search(query.q)));
  app.get("/exports/products.csv", (_request, reply) =>
    reply.type("text/csv").send(Readable.from(catalogue.exportPages())),
  );

  app.post("/orders", { bodyLimit: 10 * 1024 }, async ({ body }, reply) => give(reply, await orders.place(body)));
  app.post<WithId>("/orders/:id/payment", async ({ params }, reply) => give(reply, await orders.pay(params.id)));
  app.get<WithId>("/customers/:id/orders", ({ params }, reply) => give(reply, orders.ofCustomer(params.id)));
  app.get("/order-updates", (_request, reply) => {
    reply.hijack();
    updates.stream(reply.raw);
  });

  app.get("/reports/sales", async (_request, reply) => give(reply, await reports.make()));

  app.setErrorHandler<Error>((error, request, reply) => {
    const answer = answerTo(error);
    if (answer.status >= 500) log.error({ err: error, method: request.method }, "request failed");
    return give(reply, answer);
  });
}

export function give(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
