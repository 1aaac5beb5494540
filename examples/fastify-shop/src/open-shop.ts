import type { AddressInfo } from "node:net";
import { fastify, type FastifyInstance } from "fastify";
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
  /** Prepares an app for the routes to come: the shop's, and its inventory service's. */
  prepare?: (app: FastifyInstance) => PromiseLike<unknown>;
  observer?: Observer;
}

/** Starts the shop and its inventory service, each on its own port of the loopback interface. */
export async function openShop({
  prepare,
  port = 0,
  supplierUrl,
  ...options
}: OpenShopOptions = {}): Promise<OpenShop> {
  const create = async (): Promise<FastifyInstance> => {
    const app = fastify({ keepAliveTimeout: keepAliveTimeoutMs });
    await prepare?.(app);
    return app;
  };
  const inventory = await create();
  inventoryRoutes(inventory, new Stock(supplierUrl === undefined ? undefined : inventoryClient(supplierUrl)));
  const inventoryPort = await listen(inventory, 0);
  const shop = new ShopDomain({ ...options, inventoryUrl: `http://127.0.0.1:${inventoryPort}` });
  const app = await create();
  shopRoutes(app, shop);
  const shopPort = await listen(app, port);
  shop.log.info(`shop on http://127.0.0.1:${shopPort}`);
  return {
    port: shopPort,
    inventoryPort,
    async drain() {
      const closed = closeServer(app.server, () => app.close());
      shop.updates.close();
      await closed;
      await closeServer(inventory.server, () => inventory.close());
    },
    close: () => shop.close(),
  };
}

async function listen(app: FastifyInstance, port: number): Promise<number> {
  await app.listen({ port, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}
