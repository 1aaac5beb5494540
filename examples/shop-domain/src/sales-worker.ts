import { parentPort, type MessagePort } from "node:worker_threads";

/** A report to make. The answer goes to `reply`. */
export interface SalesRequest {
  readonly rows: readonly { readonly productId: number; readonly totalCents: number }[];
  readonly waitMs: number;
  readonly reply: MessagePort;
}

export interface SalesReport {
  readonly totalCents: number;
  readonly best: readonly { readonly productId: number; readonly totalCents: number }[];
}

parentPort?.on("message", ({ rows, waitMs, reply }: SalesRequest) => {
  // The wait stands for the warehouse that a real report would ask.
  setTimeout(() => reply.postMessage(salesReport(rows)), waitMs);
});

function salesReport(rows: SalesRequest["rows"]): SalesReport {
  const byProduct = new Map<number, number>();
  let totalCents = 0;
  for (const row of rows) {
    totalCents += row.totalCents;
    byProduct.set(row.productId, (byProduct.get(row.productId) ?? 0) + row.totalCents);
  }
  const best = [...byProduct].map(([productId, cents]) => ({ productId, totalCents: cents }));
  return { totalCents, best: best.sort((a, b) => b.totalCents - a.totalCents).slice(0, 10) };
}
