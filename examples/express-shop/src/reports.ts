import { once } from "node:events";
import { extname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { MessageChannel, Worker } from "node:worker_threads";
import { Router } from "express";
import type { SalesReport, SalesRequest } from "./sales-worker.ts";

export interface Reports {
  readonly routes: Router;
  close(): Promise<void>;
}

/** The sales report: slow, and made on a worker thread so that nobody else waits for it. */
export function createReports(database: DatabaseSync, waitMs: number): Reports {
  // The worker's file is `.ts` here and `.js` once compiled.
  const worker = new Worker(new URL(`./sales-worker${extname(import.meta.url)}`, import.meta.url));
  worker.unref();
  const sales = database.prepare("SELECT product_id AS productId, total_cents AS totalCents FROM orders");
  const routes = Router();

  routes.get("/reports/sales", async (_request, response) => {
    const rows = sales.all() as unknown as SalesRequest["rows"];
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ rows, waitMs, reply: port2 } satisfies SalesRequest, [port2]);
    const [report] = (await once(port1, "message")) as [SalesReport];
    port1.close();
    response.json(report);
  });

  return {
    routes,
    async close() {
      await worker.terminate();
    },
  };
}
