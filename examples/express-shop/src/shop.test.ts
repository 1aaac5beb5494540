import { telemetry } from "@gossamer/express";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import express, { type Express } from "express";
import { ShopDomain } from "shop-domain";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shopRoutes } from "./shop-routes.ts";

// As a service would be tested: the app without a server of its own, and what it told.

describe("the shop on Express", () => {
  let test: TestTelemetry;
  let shop: ShopDomain;
  let app: Express;

  beforeEach(() => {
    test = createTestTelemetry();
    shop = new ShopDomain({ inventoryUrl: "http://127.0.0.1:9", observer: telemetry, logLevel: "silent" });
    app = express().use(telemetry(test.telemetry)).use(shopRoutes(shop));
  });

  afterEach(async () => {
    await test.stop();
    await shop.close();
  });

  it("a search is one trace by its route, with the query below it", async () => {
    await request(app).get("/search?q=teapot").expect(200);
    const root = test.span("GET /search");
    expect(root.attributes).toMatchObject({ "http.route": "/search", "http.response.status_code": 200 });
    expect(test.span("query products by name").parentSpanId).toBe(root.spanId);
  });

  it("an order without a body is a 400, and counted as one", async () => {
    await request(app).post("/orders").expect(400);
    expect(await test.points("http.server.request.duration")).toMatchObject([
      { count: 1, attributes: { "http.route": "/orders", "http.response.status_group": "4xx" } },
    ]);
  });

  it("an order while the inventory is away fails, and its span says why", async () => {
    await request(app).post("/orders").send({ customerId: 7, productId: 3, quantity: 1 }).expect(500);
    expect(test.span("POST /orders").attributes).toHaveProperty("error.type");
  });
});
