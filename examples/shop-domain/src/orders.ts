import type { DatabaseSync } from "node:sqlite";
import { type Answer, found, refused } from "./answer.ts";
import type { Reserve } from "./inventory-client.ts";
import type { OrderUpdates } from "./order-updates.ts";
import { createPaymentProvider } from "./payment-provider.ts";

interface Services {
  readonly reserve: Reserve;
  readonly updates: OrderUpdates;
}

/** Orders: place one, pay it, list a customer's. */
export class Orders {
  readonly #services: Services;
  readonly #pay = createPaymentProvider();
  readonly #product;
  readonly #ofCustomer;
  readonly #setPaid;
  readonly #add;

  constructor(database: DatabaseSync, services: Services) {
    this.#services = services;
    this.#product = database.prepare("SELECT price_cents FROM products WHERE id = ?");
    this.#ofCustomer = database.prepare("SELECT * FROM orders WHERE customer_id = ? ORDER BY id DESC LIMIT 20");
    this.#setPaid = database.prepare("UPDATE orders SET status = 'paid' WHERE id = ?");
    this.#add = database.prepare(
      "INSERT INTO orders (customer_id, product_id, quantity, total_cents, status) VALUES (?, ?, ?, ?, 'placed')",
    );
  }

  async place(body: unknown): Promise<Answer> {
    const order = readOrder(body);
    if (order === undefined) return refused(400, "customerId, productId and quantity are needed");
    const price = this.#product.get(order.productId)?.["price_cents"];
    if (price === undefined) return refused(404, "no such product");
    const { reserve, updates } = this.#services;
    if (!(await reserve(order.productId, order.quantity))) return refused(409, "not enough left");
    const totalCents = Number(price) * order.quantity;
    const added = this.#add.run(order.customerId, order.productId, order.quantity, totalCents);
    const orderId = Number(added.lastInsertRowid);
    updates.publish({ orderId, status: "placed" });
    return { status: 201, body: { orderId, totalCents }, headers: { location: `/orders/${orderId}` } };
  }

  async pay(id: string): Promise<Answer> {
    const orderId = Number(id) || 0;
    await this.#pay(orderId);
    if (this.#setPaid.run(orderId).changes === 0) return refused(404, "no such order");
    this.#services.updates.publish({ orderId, status: "paid" });
    return found({ orderId, status: "paid" });
  }

  ofCustomer(id: string): Answer {
    return found(this.#ofCustomer.all(Number(id) || 0));
  }
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
