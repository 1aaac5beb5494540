import { json, Router } from "express";

const startingStock = 500;

/**
 * The inventory service: what another team would run. It knows how many of each product are left.
 *
 * Listens on its own port; the shop talks to it over HTTP and nothing else.
 */
export function inventoryRoutes(): Router {
  const routes = Router();
  const left = new Map<string, number>();

  routes.post("/stock/:productId/reservations", json(), (request, response) => {
    const { quantity } = request.body as { quantity: number };
    const before = left.get(request.params.productId) ?? startingStock;
    if (quantity > before) return void response.status(409).json({ left: before });
    left.set(request.params.productId, before - quantity);
    response.status(201).json({ left: before - quantity });
  });

  return routes;
}
