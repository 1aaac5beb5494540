import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import { Router } from "express";
import type { Observer } from "./observer.ts";

const pageSize = 20;
const pageDelayMs = 25;

/** The catalogue: list, one product, search, and an export that is sent page by page. */
export function productRoutes(database: DatabaseSync, observer: Observer): Router {
  const routes = Router();
  const list = database.prepare("SELECT * FROM products ORDER BY id LIMIT ? OFFSET ?");
  const byId = database.prepare("SELECT * FROM products WHERE id = ?");
  const search = database.prepare("SELECT * FROM products WHERE name LIKE ? ORDER BY price_cents LIMIT 20");

  routes.get("/products", (request, response) => {
    const page = Math.max(1, Number(request.query["page"]) || 1);
    response.json(list.all(pageSize, (page - 1) * pageSize));
  });

  routes.get("/products/:id", (request, response) => {
    const product = byId.get(Number(request.params.id) || 0);
    if (product === undefined) response.status(404).json({ error: "no such product" });
    else response.json(product);
  });

  routes.get("/search", (request, response) => {
    const { q = "" } = request.query;
    if (typeof q !== "string") return void response.status(400).json({ error: "q must be there once" });
    // A step worth seeing apart from its request gets a span of its own. It costs nothing while the request is not sampled.
    const found = observer.span("query products by name", () => search.all(`%${q}%`));
    response.json(found);
  });

  routes.get("/exports/products.csv", async (_request, response) => {
    response.type("text/csv").write("id,name,price_cents\n");
    for (let offset = 0; !response.destroyed; offset += pageSize) {
      const rows = list.all(pageSize, offset);
      if (rows.length === 0) return void response.end();
      response.write(rows.map((row) => `${Object.values(row).join(",")}\n`).join(""));
      // Slow on purpose: an export must not take the database from those who shop.
      await delay(pageDelayMs);
    }
  });

  return routes;
}
