import { json, Router } from "express";
import type { Stock } from "shop-domain";
import { give } from "./shop-routes.ts";

/** What the inventory service serves. It listens on its own port; the shop talks to it over HTTP and nothing else. */
export function inventoryRoutes(stock: Stock): Router {
  const routes = Router();
  routes.post("/stock/:productId/reservations", json(), async ({ params, body }, response) =>
    give(response, await stock.reserve(params.productId, body)),
  );
  return routes;
}
