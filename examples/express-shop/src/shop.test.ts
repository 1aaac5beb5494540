import { once } from "node:events";
import { request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inventoryRoutes } from "./inventory.ts";
import { createShop, type Shop } from "./shop.ts";

let shop: Shop;
let servers: Server[];
let url: string;

async function listen(app: express.Express): Promise<string> {
  const server = app.listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  servers = [];
  const inventoryUrl = await listen(express().use(inventoryRoutes()));
  shop = createShop({ inventoryUrl, reportMs: 1, logLevel: "silent" });
  url = await listen(express().use(shop.routes));
});

afterEach(async () => {
  shop.endStreams();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await shop.close();
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path);
  return { status: response.status, body: await response.json() };
}

async function post(path: string, body: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, { method: "POST", body, headers: { "content-type": "application/json" } });
  return { status: response.status, body: await response.json() };
}

const order = (quantity: number): string => JSON.stringify({ customerId: 7, productId: 3, quantity });

describe("the shop", () => {
  it("lists, finds and searches products", async () => {
    expect((await get("/products?page=2")).body).toHaveLength(20);
    expect(await get("/products/3")).toMatchObject({ status: 200, body: { id: 3, price_cents: 1_637 } });
    expect(await get("/products/999")).toMatchObject({ status: 404 });
    const { body } = await get("/search?q=teapot");
    expect((body as { name: string }[]).every(({ name }) => name.includes("Teapot"))).toBe(true);
    expect(body).toHaveLength(20);
  });

  it("takes an order when the inventory service has enough, and lists it for its customer", async () => {
    const placed = await post("/orders", order(2));
    expect(placed).toMatchObject({ status: 201, body: { totalCents: 3_274 } });
    expect(await post("/orders", order(499))).toMatchObject({ status: 409 });
    expect((await get("/customers/7/orders")).body).toMatchObject([
      { product_id: 3, quantity: 2, status: "placed" },
      {},
      {},
    ]);
  });

  it("refuses an order it cannot read", async () => {
    expect((await post("/orders", "{")).status).toBe(400);
    expect((await post("/orders", order(-1))).status).toBe(400);
  });

  it("fails every fourth payment, because the provider is down", async () => {
    const { body } = await post("/orders", order(1));
    const { orderId } = body as { orderId: number };
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await post(`/orders/${orderId}/payment`, "{}")).status);
    expect(statuses).toEqual([200, 200, 200, 500]);
  });

  it("makes the sales report on its worker", async () => {
    const { body } = await get("/reports/sales");
    expect((body as { best: unknown[] }).best).toHaveLength(10);
  });

  it("exports every product as one CSV file", async () => {
    const text = await (await fetch(`${url}/exports/products.csv`)).text();
    expect(text.trim().split("\n")).toHaveLength(201);
  });

  it("tells followers of new orders, until it closes", async () => {
    const [response] = (await once(request(`${url}/order-updates`).end(), "response")) as [IncomingMessage];
    response.setEncoding("utf8");
    let heard = "";
    response.on("data", (part: string) => (heard += part));
    await once(response, "data");
    await post("/orders", order(1));
    while (!heard.includes('"placed"')) await once(response, "data");
    const ended = once(response, "end");
    shop.endStreams();
    await ended;
  });
});
