import { type Telemetry, telemetry } from "@gossamer/express";
import express, { type Express } from "express";
import { ShopDomain } from "shop-domain";
import { shopRoutes } from "./shop-routes.ts";

export interface Twins {
  readonly bare: Express;
  readonly observed: Express;
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

/** The same shop twice in one process, with and without telemetry, to measure the difference. Orders do not work: there is no inventory. */
export function createTwins(): Twins {
  const shop = new ShopDomain({ inventoryUrl: "http://127.0.0.1:9", logLevel: "silent" });
  const routes = shopRoutes(shop);
  return {
    bare: express().use(routes),
    observed: express()
      .use(telemetry({ serviceName: "express-shop-twin" }))
      .use(routes),
    telemetry,
    async close() {
      await telemetry.shutdown();
      await shop.close();
    },
  };
}
