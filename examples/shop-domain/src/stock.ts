import type { Answer } from "./answer.ts";
import type { Reserve } from "./inventory-client.ts";

const startingStock = 500;

/**
 * The inventory service: what another team would run. It knows how many of each product are left.
 *
 * One that has a supplier keeps nothing itself: it asks the supplier, who may have one too.
 */
export class Stock {
  readonly #supplier: Reserve | undefined;
  readonly #left = new Map<string, number>();

  constructor(supplier?: Reserve) {
    this.#supplier = supplier;
  }

  async reserve(productId: string, body: unknown): Promise<Answer> {
    const quantity = Number((body as { quantity?: unknown } | undefined)?.quantity);
    if (this.#supplier !== undefined) {
      const enough = await this.#supplier(Number(productId), quantity);
      return enough ? { status: 201, body: { ordered: quantity } } : { status: 409, body: {} };
    }
    const before = this.#left.get(productId) ?? startingStock;
    if (quantity > before) return { status: 409, body: { left: before } };
    this.#left.set(productId, before - quantity);
    return { status: 201, body: { left: before - quantity } };
  }
}
