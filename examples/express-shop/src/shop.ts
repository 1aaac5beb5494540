import { Router, type ErrorRequestHandler } from "express";
import { pino, type Logger } from "pino";
import { openDatabase } from "./database.ts";
import { inventoryClient } from "./inventory-client.ts";
import { unobserved, type Observer } from "./observer.ts";
import { OrderUpdates } from "./order-updates.ts";
import { orderRoutes } from "./orders.ts";
import { productRoutes } from "./products.ts";
import { createReports } from "./reports.ts";

export interface ShopOptions {
  /** Where the inventory service listens. */
  inventoryUrl: string;
  /** @default nothing is observed */
  observer?: Observer;
  /** How long the sales report takes, at least. @default 1200 */
  reportMs?: number;
  /** A pino level. @default "info" */
  logLevel?: string;
}

export interface Shop {
  /** Everything the shop serves, ready for `app.use`. */
  readonly routes: Router;
  readonly log: Logger;
  /** Ends open streams, which would last for ever. */
  endStreams(): void;
  /** Frees the database and the worker. Call it when the server has closed. */
  close(): Promise<void>;
}

/** The shop without a server around it. */
export function createShop({
  inventoryUrl,
  observer = unobserved,
  reportMs = 1_200,
  logLevel = "info",
}: ShopOptions): Shop {
  const log = pino({
    level: logLevel,
    // Every line says which request it belongs to.
    mixin: () => ({ trace_id: observer.traceId() }),
  });
  const database = openDatabase();
  const updates = new OrderUpdates();
  const reports = createReports(database, reportMs);
  const routes = Router();

  routes.get("/healthz", (_request, response) => void response.type("text/plain").send("ok"));
  routes.use(productRoutes(database, observer));
  routes.use(orderRoutes(database, { reserve: inventoryClient(inventoryUrl), updates }));
  routes.use(reports.routes);
  routes.use(answerError(log));

  return {
    routes,
    log,
    endStreams: () => updates.close(),
    async close() {
      await reports.close();
      database.close();
    },
  };
}

function answerError(log: Logger): ErrorRequestHandler {
  return (error: Error & { status?: number }, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = error.status ?? 500;
    if (status >= 500) log.error({ err: error, method: request.method }, "request failed");
    response.status(status).json({ error: status >= 500 ? "something went wrong" : error.message });
  };
}
