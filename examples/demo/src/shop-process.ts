import type { IncomingMessage } from "node:http";
import { telemetry } from "@gossamer/core";
import { callerGate } from "@gossamer/core/adapter";
import { openDevPage } from "@gossamer/devpage";
import { createLogger } from "@gossamer/pino";
import type { ServeOptions } from "shop-domain";
import type { DemoShop } from "./demo-shops.ts";
import type { FromShop, RunningShop } from "./messages.ts";

const starts: Record<DemoShop["framework"], () => Promise<{ startShop(options: ServeOptions): Promise<RunningShop> }>> =
  {
    express: () => import("express-shop"),
    fastify: () => import("fastify-shop"),
    nestjs: () => import("nestjs-shop"),
  };

// A shop in a process of its own, so that what it costs is its own, and told to stop as an orchestrator does it: by SIGTERM.
const framework = process.env["SHOP_FRAMEWORK"] as DemoShop["framework"];
const supplierUrl = process.env["SHOP_SUPPLIER_URL"];
const { startShop } = await starts[framework]();
const shop = await startShop({ logLevel: "silent", ...(supplierUrl === undefined ? {} : { supplierUrl }) });
// A line for each request that is traced or failed, by OTLP and nowhere else.
if (process.env["SHOP_LOGS"] === "otlp")
  createLogger(telemetry, { level: "info", otlp: true, destination: "/dev/null" });

// The shops say that they are in production, where a page has to be told whom it is for: this machine.
const page =
  process.env["SHOP_PAGE"] === "open"
    ? await openDevPage(telemetry, { production: true, allow: callerGate<IncomingMessage>("loopback"), log: () => {} })
    : undefined;

async function stop(): Promise<void> {
  await page?.close();
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
const { port, inventoryPort } = shop;
process.send?.({
  kind: "ready",
  port,
  inventoryPort,
  ...(page === undefined ? {} : { pageUrl: page.url }),
} satisfies FromShop);
