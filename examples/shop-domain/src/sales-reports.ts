import { once } from "node:events";
import { extname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { MessageChannel, Worker } from "node:worker_threads";
import { type Answer, found } from "./answer.ts";
import type { SalesReport, SalesRequest } from "./sales-worker.ts";

/** The sales report: slow, and made on a worker thread so that nobody else waits for it. */
export class SalesReports {
  readonly #worker: Worker;
  readonly #sales;
  readonly #waitMs: number;

  constructor(database: DatabaseSync, waitMs: number) {
    // The worker's file is `.ts` here and `.js` once compiled.
    this.#worker = new Worker(new URL(`./sales-worker${extname(import.meta.url)}`, import.meta.url));
    this.#worker.unref();
    this.#sales = database.prepare("SELECT product_id AS productId, total_cents AS totalCents FROM orders");
    this.#waitMs = waitMs;
  }

  async make(): Promise<Answer> {
    const rows = this.#sales.all() as unknown as SalesRequest["rows"];
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ rows, waitMs: this.#waitMs, reply: port2 } satisfies SalesRequest, [port2]);
    const [report] = (await once(port1, "message")) as [SalesReport];
    port1.close();
    return found(report);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
