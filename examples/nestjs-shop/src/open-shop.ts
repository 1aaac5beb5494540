import "reflect-metadata";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type DynamicModule, Module, type ModuleMetadata } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
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
import { CatalogueController } from "./catalogue-controller.ts";
import { ErrorFilter } from "./error-filter.ts";
import { InventoryController } from "./inventory-controller.ts";
import { OrdersController } from "./orders-controller.ts";

export interface OpenShopOptions extends ServeOptions {
  /** What the root modules import first: the shop's, and its inventory service's. @default nothing */
  imports?: () => DynamicModule[];
  observer?: Observer;
}

@Module({})
class ShopModule {}

@Module({})
class InventoryModule {}

/** Starts the shop and its inventory service, each on its own port of the loopback interface. */
export async function openShop({
  imports = () => [],
  port = 0,
  supplierUrl,
  ...options
}: OpenShopOptions = {}): Promise<OpenShop> {
  const stock = new Stock(supplierUrl === undefined ? undefined : inventoryClient(supplierUrl));
  const inventory = await create(InventoryModule, {
    imports: imports(),
    controllers: [InventoryController],
    providers: [{ provide: Stock, useValue: stock }],
  });
  const inventoryPort = await listen(inventory, 0);
  const shop = new ShopDomain({ ...options, inventoryUrl: `http://127.0.0.1:${inventoryPort}` });
  const app = await create(ShopModule, {
    imports: imports(),
    controllers: [CatalogueController, OrdersController],
    providers: [{ provide: ShopDomain, useValue: shop }],
  });
  app.useGlobalFilters(new ErrorFilter(shop.log));
  const shopPort = await listen(app, port);
  shop.log.info(`shop on http://127.0.0.1:${shopPort}`);
  return {
    port: shopPort,
    inventoryPort,
    async drain() {
      const closed = closeServer(serverOf(app), () => app.close());
      shop.updates.close();
      await closed;
      await closeServer(serverOf(inventory), () => inventory.close());
    },
    close: () => shop.close(),
  };
}

function create(module: DynamicModule["module"], parts: ModuleMetadata): Promise<NestExpressApplication> {
  return NestFactory.create<NestExpressApplication>({ ...parts, module } as DynamicModule, {
    logger: false,
    abortOnError: false,
  });
}

async function listen(app: NestExpressApplication, port: number): Promise<number> {
  const server = serverOf(app);
  server.keepAliveTimeout = keepAliveTimeoutMs;
  await app.listen(port, "127.0.0.1");
  return (server.address() as AddressInfo).port;
}

function serverOf(app: NestExpressApplication): Server {
  return app.getHttpServer();
}
