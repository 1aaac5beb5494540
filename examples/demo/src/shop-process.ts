import { startShop } from "express-shop";
import type { FromShop } from "./messages.ts";

// The shop in a process of its own, so that what it costs is its own, and told to stop as an orchestrator does it: by SIGTERM.
const shop = await startShop({ logLevel: "silent" });

async function stop(): Promise<void> {
  await shop.stop();
  process.send?.({ kind: "stopped", status: shop.status() } satisfies FromShop, () => process.disconnect());
}

process.once("SIGTERM", () => void stop());
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
process.send?.({ kind: "ready", port: shop.port } satisfies FromShop);
