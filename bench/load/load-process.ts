import { saturate, serve } from "./closed-loop.ts";
import { Connections } from "./connections.ts";
import type { LoadOrder, LoadReport } from "./load.ts";
import { offer } from "./open-loop.ts";

/** The process that the load comes from: one load after the other, each on connections of its own. */
async function obey(order: LoadOrder): Promise<LoadReport> {
  const connections = await Connections.open(order.port, order.connections, order.status);
  try {
    switch (order.do) {
      case "saturate":
        return { saturation: await saturate(connections, order.requests, order.durationMs) };
      case "serve":
        return { answered: await serve(connections, order.requests, order.times) };
      case "offer":
        return { answers: await offer(connections, order.requests, order) };
    }
  } finally {
    connections.close();
  }
}

process.on("message", (order: LoadOrder) => {
  obey(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ failed: String((error as Error).stack ?? error) } satisfies LoadReport),
  );
});
process.on("disconnect", () => process.exit());
