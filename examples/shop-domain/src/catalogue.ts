import type { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, found, refused } from "./answer.ts";
import type { Observer } from "./observer.ts";

const pageSize = 20;
const pageDelayMs = 25;

/** The products: list, one product, search, and an export that comes page by page. */
export class Catalogue {
  readonly #observer: Observer;
  readonly #list;
  readonly #byId;
  readonly #search;

  constructor(database: DatabaseSync, observer: Observer) {
    this.#observer = observer;
    this.#list = database.prepare("SELECT * FROM products ORDER BY id LIMIT ? OFFSET ?");
    this.#byId = database.prepare("SELECT * FROM products WHERE id = ?");
    this.#search = database.prepare("SELECT * FROM products WHERE name LIKE ? ORDER BY price_cents LIMIT 20");
  }

  list(page: unknown): Answer {
    const number = Math.max(1, Number(page) || 1);
    return found(this.#list.all(pageSize, (number - 1) * pageSize));
  }

  product(id: string): Answer {
    const product = this.#byId.get(Number(id) || 0);
    return product === undefined ? refused(404, "no such product") : found(product);
  }

  search(q: unknown = ""): Answer {
    if (typeof q !== "string") return refused(400, "q must be there once");
    // A step worth seeing apart from its request gets a span of its own. It costs nothing while the request is not sampled.
    return found(this.#observer.span("query products by name", () => this.#search.all(`%${q}%`)));
  }

  /** All products as CSV. Slow on purpose: an export must not take the database from those who shop. */
  async *exportPages(): AsyncGenerator<string, void, void> {
    yield "id,name,price_cents\n";
    for (let offset = 0; ; offset += pageSize) {
      const rows = this.#list.all(pageSize, offset);
      if (rows.length === 0) return;
      yield rows.map((row) => `${Object.values(row).join(",")}\n`).join("");
      await delay(pageDelayMs);
    }
  }
}
