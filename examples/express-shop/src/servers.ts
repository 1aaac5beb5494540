import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express, Router } from "express";
import { inventoryRoutes } from "./inventory.ts";
import type { Observer } from "./observer.ts";
import { createShop } from "./shop.ts";

export interface ServersOptions {
  /** Makes an app of routes. Called once for the shop and once for its inventory service. */
  app: (routes: Router) => Express;
  observer?: Observer;
  /** @default 0, a free one */
  port?: number;
  /** A pino level. @default "info" */
  logLevel?: string;
}

export interface Servers {
  readonly shop: Server;
  readonly inventory: Server;
  /** Takes no new requests and lets those under way finish, for ten seconds each server at most. */
  drain(): Promise<void>;
  /** Frees what the servers stood on. */
  close(): Promise<void>;
}

const patienceMs = 10_000;

/** Starts the shop and its inventory service, each on its own port of the loopback interface. */
export async function openServers({ app, port = 0, ...options }: ServersOptions): Promise<Servers> {
  const inventory = await listen(app(inventoryRoutes()), 0);
  const shop = createShop({ ...options, inventoryUrl: `http://127.0.0.1:${portOf(inventory)}` });
  const server = await listen(app(shop.routes), port);
  shop.log.info(`shop on http://127.0.0.1:${portOf(server)}`);
  return {
    shop: server,
    inventory,
    async drain() {
      const closed = close(server);
      shop.endStreams();
      await closed;
      await close(inventory);
    },
    close: () => shop.close(),
  };
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(app: Express, port: number): Promise<Server> {
  const server = app.listen(port, "127.0.0.1");
  // Longer than any client keeps an idle connection: who closes first must be the client, or a request could meet a closing connection.
  server.keepAliveTimeout = 65_000;
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection whose last response has just ended is idle and would be kept alive, though nobody can use it any more.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const impatient = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(impatient);
}
