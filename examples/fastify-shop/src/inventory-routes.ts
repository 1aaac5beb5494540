import type { FastifyInstance } from "fastify";
import type { Stock } from "shop-domain";
import { give } from "./shop-routes.ts";

/** What the inventory service serves. It listens on its own port; the shop talks to it over HTTP and nothing else. */
export function inventoryRoutes(app: FastifyInstance, stock: Stock): void {
  app.post<{ Params: { productId: string } }>("/stock/:productId/reservations", async ({ params, body }, reply) =>
    give(reply, await stock.reserve(params.productId, body)),
  );
}
