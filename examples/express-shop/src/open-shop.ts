import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import {
  closeServer,
  inventoryClient,
  keepAliveTimeoutMs,
  type Observer,
  type OpenShop,
  type ServeOptions,
  ShopDomain,
  Stock,
} from "shop-domain";
import { inventoryRoutes } from "./inventory-routes.ts";
import { shopRoutes } from "./shop-routes.ts";

export interface OpenShopOptions extends ServeOptions {
  /** Makes an app for routes to come. Called once for the shop and once for its inventory service. @default express() */
  app?: () => Express;
  observer?: Observer;
  /** Sees both servers before their first request. */
  onServer?: (server: Server) => void;
}

/** Starts the shop and its inventory service, each on its own port of the loopback interface. */
export async function openShop({
  app = express,
  port = 0,
  supplierUrl,
  onServer,
  ...options
}: OpenShopOptions = {}): Promise<OpenShop> {
  const stock = new Stock(supplierUrl === undefined ? undefined : inventoryClient(supplierUrl));
  const inventory = await listen(app().use(inventoryRoutes(stock)), 0);
  const inventoryPort = portOf(inventory);
  const shop = new ShopDomain({ ...options, inventoryUrl: `http://127.0.0.1:${inventoryPort}` });
  const server = await listen(app().use(shopRoutes(shop)), port);
  onServer?.(server);
  onServer?.(inventory);
  shop.log.info(`shop on http://127.0.0.1:${portOf(server)}`);
  return {
    port: portOf(server),
    inventoryPort,
    async drain() {
      const closed = closeServer(server);
      shop.updates.close();
      await closed;
      await closeServer(inventory);
    },
    close: () => shop.close(),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(app: Express, port: number): Promise<Server> {
  const server = app.listen(port, "127.0.0.1");
  server.keepAliveTimeout = keepAliveTimeoutMs;
  await once(server, "listening");
  return server;
}
