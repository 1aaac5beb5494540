import { type ErrorRequestHandler, json, type Response, Router } from "express";
import { type Answer, answerTo, type ShopDomain } from "shop-domain";

/** Everything the shop serves. */
export function shopRoutes({ catalogue, orders, reports, updates, log }: ShopDomain): Router {
  const routes = Router();

  routes.get("/healthz", (_request, response) => void response.type("text/plain").send("ok"));

  routes.get("/products", ({ query }, response) => give(response, catalogue.list(query["page"])));
  routes.get("/products/:id", ({ params }, response) => give(response, catalogue.product(params.id)));
  routes.get("/search", ({ query }, response) => give(response, catalogue.search(query["q"])));
  routes.get("/exports/products.csv", async (_request, response) => {
    response.type("text/csv");
    for await (const page of catalogue.exportPages()) {
      if (response.destroyed) return;
      response.write(page);
    }
    response.end();
  });

  routes.post("/orders", json({ limit: "10kb" }), async ({ body }, response) =>
    give(response, await orders.place(body)),
  );
  routes.post("/orders/:id/payment", async ({ params }, response) => give(response, await orders.pay(params.id)));
  routes.get("/customers/:id/orders", ({ params }, response) => give(response, orders.ofCustomer(params.id)));
  routes.get("/order-updates", (_request, response) => updates.stream(response));

  routes.get("/reports/sales", async (_request, response) => give(response, await reports.make()));

  const answerError: ErrorRequestHandler = (error: Error, request, response, next) => {
    if (response.headersSent) return next(error);
    const answer = answerTo(error);
    if (answer.status >= 500) log.error({ err: error, method: request.method }, "request failed");
    give(response, answer);
  };
  routes.use(answerError);

  return routes;
}

export function give(response: Response, { status, body, headers = {} }: Answer): void {
  response.status(status).set(headers).json(body);
}
