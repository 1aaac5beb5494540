import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { openShop as openExpressShop } from "express-shop";
import { openShop as openFastifyShop } from "fastify-shop";
import { openShop as openNestShop } from "nestjs-shop";
import type { OpenShop, ServeOptions } from "shop-domain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const shops: [string, (options: ServeOptions) => Promise<OpenShop>][] = [
  ["Express", openExpressShop],
  ["Fastify", openFastifyShop],
  ["Nest", openNestShop],
];

describe.each(shops)("the shop on %s", (_name, openShop) => {
  let shop: OpenShop;
  let url: string;

  beforeEach(async () => {
    shop = await openShop({ reportMs: 1, logLevel: "silent" });
    url = `http://127.0.0.1:${shop.port}`;
  });

  afterEach(async () => {
    await shop.drain();
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

  it("asks its supplier where it has one", async () => {
    const supplied = await openShop({ supplierUrl: `http://127.0.0.1:${shop.inventoryPort}`, logLevel: "silent" });
    const reserve = (port: number): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/stock/9/reservations`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"quantity":300}',
      }).then(({ status }) => status);
    expect(await reserve(supplied.inventoryPort)).toBe(201);
    expect(await reserve(shop.inventoryPort)).toBe(409);
    await supplied.drain();
    await supplied.close();
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
    await Promise.all([shop.drain(), ended]);
  });
});
