import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { openShop } from "express-shop";
import { expect, it } from "vitest";
import { Ledger, rowName, statusGroup } from "./ledger.ts";
import { startTraffic } from "./traffic.ts";

/** Counts by the plainest means there are: what the server is asked, and what became of the response. */
function countOn(server: Server, counted: Map<string, number>): void {
  server.prependListener(
    "request",
    (request: IncomingMessage & { route?: { path: string } }, response: ServerResponse) => {
      response.once("close", () => {
        const name = rowName({
          service: "express-shop",
          method: request.method === "PROPFIND" ? "_OTHER" : (request.method ?? ""),
          route: request.route?.path,
          group: response.headersSent ? statusGroup(response.statusCode) : undefined,
        });
        counted.set(name, (counted.get(name) ?? 0) + 1);
      });
    },
  );
}

it("knows of every request, left ones and the shop's own too, how a server will have counted it", async () => {
  const counted = new Map<string, number>();
  const service = "express-shop";
  const shop = await openShop({ logLevel: "silent", onServer: (server) => countOn(server, counted) });
  const ledger = new Ledger();
  const visited = { service, port: shop.port, inventories: [service], readsBodiesFirst: false };
  const traffic = startTraffic(visited, ledger, 4_000, 7);
  await traffic.quiet;
  const drained = shop.drain();
  await traffic.over();
  await drained;
  await shop.close();

  expect(ledger.broken).toEqual([]);
  expect(ledger.differences(counted)).toEqual([]);
  expect(ledger.left).toBeGreaterThan(0);
  expect(ledger.internal).toBeGreaterThan(0);
  expect(ledger.sent).toBeGreaterThan(100);
}, 180_000);
