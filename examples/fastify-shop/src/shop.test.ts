import { telemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { fastify, type FastifyInstance } from "fastify";
import { ShopDomain } from "shop-domain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shopRoutes } from "./shop-routes.ts";

// As a service would be tested: the app without a server of its own, and what it told.

describe("the shop on Fastify", () => {
  let test: TestTelemetry;
  let shop: ShopDomain;
  let app: FastifyInstance;

  beforeEach(async () => {
    test = createTestTelemetry();
    shop = new ShopDomain({ inventoryUrl: "http://127.0.0.1:9", observer: telemetry, logLevel: "silent" });
    app = fastify();
    await app.register(telemetry, test.telemetry);
    shopRoutes(app, shop);
  });

  afterEach(async () => {
    await app.close();
    await test.stop();
    await shop.close();
  });

  it("a search is one trace by its route, with the query below it", async () => {
    expect(await app.inject("/search?q=teapot")).toMatchObject({ statusCode: 200 });
    const root = test.span("GET /search");
    expect(root.attributes).toMatchObject({ "http.route": "/search", "http.response.status_code": 200 });
    expect(test.span("query products by name").parentSpanId).toBe(root.spanId);
  });

  it("an order without a body is a 400, and counted as one", async () => {
    expect(await app.inject({ method: "POST", url: "/orders" })).toMatchObject({ statusCode: 400 });
    expect(await test.points("http.server.request.duration")).toMatchObject([
      { count: 1, attributes: { "http.route": "/orders", "http.response.status_group": "4xx" } },
    ]);
  });

  it("an order while the inventory is away fails, and its span says why", async () => {
    const body = { customerId: 7, productId: 3, quantity: 1 };
    expect(await app.inject({ method: "POST", url: "/orders", body })).toMatchObject({ statusCode: 500 });
    expect(test.span("POST /orders").attributes).toHaveProperty("error.type");
  });
});
