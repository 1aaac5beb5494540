import type { DatabaseSync } from "node:sqlite";
import { json, Router } from "express";
import type { Reserve } from "./inventory-client.ts";
import type { OrderUpdates } from "./order-updates.ts";
import { createPaymentProvider } from "./payment-provider.ts";

interface Services {
  readonly reserve: Reserve;
  readonly updates: OrderUpdates;
}

/** Orders: place one, pay it, list a customer's, follow them all. */
export function orderRoutes(database: DatabaseSync, { reserve, updates }: Services): Router {
  const routes = Router();
  const pay = createPaymentProvider();
  const product = database.prepare("SELECT price_cents FROM products WHERE id = ?");
  const ofCustomer = database.prepare("SELECT * FROM orders WHERE customer_id = ? ORDER BY id DESC LIMIT 20");
  const setPaid = database.prepare("UPDATE orders SET status = 'paid' WHERE id = ?");
  const add = database.prepare(
    "INSERT INTO orders (customer_id, product_id, quantity, total_cents, status) VALUES (?, ?, ?, ?, 'placed')",
  );

  routes.post("/orders", json({ limit: "10kb" }), async (request, response) => {
    const order = readOrder(request.body);
    if (order === undefined)
      return void response.status(400).json({ error: "customerId, productId and quantity are needed" });
    const price = product.get(order.productId)?.["price_cents"];
    if (price === undefined) return void response.status(404).json({ error: "no such product" });
    if (!(await reserve(order.productId, order.quantity)))
      return void response.status(409).json({ error: "not enough left" });
    const total = Number(price) * order.quantity;
    const orderId = Number(add.run(order.customerId, order.productId, order.quantity, total).lastInsertRowid);
    updates.publish({ orderId, status: "placed" });
    response.status(201).location(`/orders/${orderId}`).json({ orderId, totalCents: total });
  });

  routes.post("/orders/:id/payment", async (request, response) => {
    const orderId = Number(request.params.id) || 0;
    await pay(orderId);
    if (setPaid.run(orderId).changes === 0) return void response.status(404).json({ error: "no such order" });
    updates.publish({ orderId, status: "paid" });
    response.json({ orderId, status: "paid" });
  });

  routes.get("/customers/:id/orders", (request, response) => {
    response.json(ofCustomer.all(Number(request.params.id) || 0));
  });

  routes.get("/order-updates", updates.stream);

  return routes;
}

interface NewOrder {
  readonly customerId: number;
  readonly productId: number;
  readonly quantity: number;
}

function readOrder(body: unknown): NewOrder | undefined {
  const { customerId, productId, quantity } = (body ?? {}) as Partial<Record<keyof NewOrder, unknown>>;
  const valid = [customerId, productId, quantity].every((value) => Number.isSafeInteger(value) && Number(value) > 0);
  return valid ? ({ customerId, productId, quantity } as NewOrder) : undefined;
}
