import { startShop } from "express-shop";
import type { FromShop } from "./messages.ts";

// The shop in a process of its own, so that what it costs is its own, and told to stop as an orchestrator does it: by SIGTERM.
const shop = await startShop({ logLevel: "silent" });

async function stop(): Promise<void> {
  await shop.stop();
  // From here nothing ends the process: that it ends shows that neither shop nor telemetry left anything behind.
  process.off("disconnect", exit);
  process.send?.({ kind: "stopped", status: shop.status() } satisfies FromShop, () => process.disconnect());
}

function exit(): void {
  process.exit();
}

process.once("SIGTERM", () => void stop());
process.on("SIGINT", () => {});
process.on("disconnect", exit);
process.send?.({ kind: "ready", port: shop.port } satisfies FromShop);
