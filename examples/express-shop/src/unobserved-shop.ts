import type { Server } from "node:http";
import express from "express";
import { openServers, portOf } from "./servers.ts";

/** The same shop without telemetry, to hold against: `onServer` sees both servers before their first request. */
export async function startUnobservedShop(
  onServer: (server: Server) => void,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const servers = await openServers({ app: (routes) => express().use(routes), logLevel: "silent" });
  onServer(servers.shop);
  onServer(servers.inventory);
  return {
    port: portOf(servers.shop),
    async stop() {
      await servers.drain();
      await servers.close();
    },
  };
}
