import { pino, type Logger } from "pino";
import { Catalogue } from "./catalogue.ts";
import { openDatabase } from "./database.ts";
import { inventoryClient } from "./inventory-client.ts";
import { type Observer, unobserved } from "./observer.ts";
import { OrderUpdates } from "./order-updates.ts";
import { Orders } from "./orders.ts";
import { SalesReports } from "./sales-reports.ts";

export interface ShopDomainOptions {
  /** Where the inventory service listens. */
  inventoryUrl: string;
  /** @default nothing is observed */
  observer?: Observer | undefined;
  /** How long the sales report takes, at least. @default 1200 */
  reportMs?: number | undefined;
  /** A pino level. @default "info" */
  logLevel?: string | undefined;
}

/** What a shop does, for whichever framework to serve. */
export class ShopDomain {
  readonly log: Logger;
  readonly catalogue: Catalogue;
  readonly orders: Orders;
  readonly updates: OrderUpdates = new OrderUpdates();
  readonly reports: SalesReports;
  readonly #database = openDatabase();

  constructor({ inventoryUrl, observer = unobserved, reportMs = 1_200, logLevel = "info" }: ShopDomainOptions) {
    this.log = pino({
      level: logLevel,
      // Every line says which request it belongs to.
      mixin: () => ({ trace_id: observer.traceId() }),
    });
    this.catalogue = new Catalogue(this.#database, observer);
    this.orders = new Orders(this.#database, { reserve: inventoryClient(inventoryUrl), updates: this.updates });
    this.reports = new SalesReports(this.#database, reportMs);
  }

  /** Frees the database and the worker. Call it when the server has closed. */
  async close(): Promise<void> {
    await this.reports.close();
    this.#database.close();
  }
}
