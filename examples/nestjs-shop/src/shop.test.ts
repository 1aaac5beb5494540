import { telemetry, TelemetryModule } from "@gossamer/nestjs";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { openShop } from "nestjs-shop";
import type { OpenShop } from "shop-domain";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// As a service would be tested: over HTTP, and what it told. The shop and the inventory that it calls are one process here, and one trace.

describe("the shop on Nest", () => {
  let test: TestTelemetry;
  let shop: OpenShop;
  let url: string;

  beforeEach(async () => {
    test = createTestTelemetry();
    shop = await openShop({
      observer: telemetry,
      imports: () => [TelemetryModule.forRoot(test.telemetry)],
      logLevel: "silent",
    });
    url = `http://127.0.0.1:${shop.port}`;
  });

  afterEach(async () => {
    await shop.drain();
    await test.stop();
    await shop.close();
  });

  it("a search is one trace by its route, with the query below it", async () => {
    await request(url).get("/search?q=teapot").expect(200);
    await expect.poll(() => test.spans.map(({ name }) => name)).toContain("GET /search");
    const root = test.span("GET /search");
    expect(root.attributes).toMatchObject({ "http.route": "/search", "http.response.status_code": 200 });
    expect(test.span("query products by name").parentSpanId).toBe(root.spanId);
  });

  it("an order without a body is a 400, and counted as one", async () => {
    await request(url).post("/orders").expect(400);
    await expect
      .poll(() => test.points("http.server.request.duration"))
      .toMatchObject([{ count: 1, attributes: { "http.route": "/orders", "http.response.status_group": "4xx" } }]);
  });

  it("an order and the reservation that it asks for are one trace", async () => {
    await request(url).post("/orders").send({ customerId: 7, productId: 3, quantity: 1 }).expect(201);
    await expect.poll(() => test.spans.map(({ name }) => name)).toContain("POST /orders");
    const { traceId } = test.span("POST /orders");
    expect(test.span("POST /stock/:productId/reservations").traceId).toBe(traceId);
  });
});
