import { openOtlpPage, type OpenOtlpPage } from "@gossamer/devpage";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Browser, seriousFindings, type Trouble } from "./support/browser.ts";
import { ChainedShops } from "./support/chained-shops.ts";

// The same page, of what other processes send by OTLP.

let browser: Browser;
let opened: OpenOtlpPage;
let page: Page;
let trouble: Trouble;
let shops: ChainedShops | undefined;

beforeAll(async () => {
  browser = await Browser.open();
  opened = await openOtlpPage({ otlpPort: 0, port: 0, log: () => {} });
  ({ page, trouble } = await browser.page());
  await page.goto(opened.url);
});

afterAll(async () => {
  await shops?.end();
  await page?.close();
  await opened?.close();
  await browser?.close();
});

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A server span of a service. */
async function send(service: string, name: string, spanId: string, parentSpanId: string): Promise<void> {
  const startMs = Date.now() - 40;
  const span = {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 2,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + 30}000000`,
    attributes: [{ key: "http.route", value: { stringValue: name.slice(name.indexOf("/")) } }],
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  const answer = await fetch(`${opened.otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "test" }, spans: [span] }] }] }),
  });
  expect(answer.status).toBe(200);
}

it("says where to send what, as long as nothing came (R-D3)", async () => {
  await page.getByText("No request yet").waitFor();
  await page.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=${opened.otlpUrl}`).waitFor();
});

it("shows a trace through several services as one (R-D3)", async () => {
  await send("shop", "POST /orders", "00f067aa0ba902b7", "");
  await send("stock", "POST /reservations", "00f067aa0ba902b8", "00f067aa0ba902b7");
  await page.getByRole("link", { name: "Traces", exact: false }).first().click();
  await page.getByRole("region", { name: "Traces" }).getByText("shop → stock").click();
  const spans = page.getByRole("region", { name: "Spans" });
  await expect
    .poll(() => spans.locator("[data-row]").allTextContents())
    .toEqual(["POST /orders", "POST /reservations"]);
});

it("shows what it took, and what it refused and why (R-D3)", async () => {
  const answer = await fetch(`${opened.otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "no JSON",
  });
  expect(answer.status).toBe(400);
  await page.goto(`${opened.url}#/pipeline`);
  const received = page.getByRole("region", { name: "Received" });
  await expect.poll(() => received.textContent()).toMatch(/Requests taken2.*malformed1/);
  await page.getByRole("region", { name: "Not on this page" }).getByText("All that came is here.").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

it("shows the three shops on one page, and an order that goes through all of them as one trace with its lines (R-D3)", async () => {
  const id = "7bf92f3577b34da6a3ce929d0e0e4737";
  shops = await ChainedShops.start(opened.otlpUrl);
  expect(await shops.order(`00-${id}-00f067aa0ba902b9-01`)).toBe(201);

  await page.goto(`${opened.url}#/traces?kind=several`);
  const row = page
    .getByRole("region", { name: "Traces" })
    .getByRole("link")
    .filter({ hasText: "express-shop → fastify-shop → nestjs-shop" });
  await row.click();
  const spans = page.getByRole("region", { name: "Spans" });
  const servers = (): Promise<string[]> =>
    spans.locator("[data-row]").evaluateAll((rows) => rows.map((one) => one.getAttribute("title") ?? ""));
  const whole = [
    "express-shop: POST /orders",
    "express-shop: POST /stock/:productId/reservations",
    "fastify-shop: POST /stock/:productId/reservations",
    "nestjs-shop: POST /stock/:productId/reservations",
  ];
  await expect.poll(servers).toEqual(expect.arrayContaining(whole));
  // Each under the one that asked it.
  const order = (await servers()).filter((title) => whole.includes(title));
  expect(order).toEqual(whole);
  await expect
    .poll(() => page.getByRole("region", { name: "Log lines" }).getByRole("listitem").count())
    .toBeGreaterThanOrEqual(4);

  await page.goto(`${opened.url}#/routes`);
  for (const name of ["express-shop", "fastify-shop", "nestjs-shop"]) {
    await page
      .getByRole("row")
      .filter({ hasText: "/stock/:productId/reservations" })
      .filter({ hasText: name })
      .first()
      .waitFor();
  }
  await page.goto(`${opened.url}#/logs?service=nestjs-shop`);
  await page.getByRole("region", { name: "Log lines, newest first" }).getByText("/stock").first().waitFor();
});

it("says of what it cannot know where that is (R-D3)", async () => {
  for (const screen of ["Overhead", "Rules", "Check"]) {
    await page.getByRole("navigation").getByRole("link", { name: screen }).click();
    await page.getByRole("heading", { level: 1, name: screen }).waitFor();
    await page.getByText("This lives in the service's own process").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  }
  expect(trouble).toEqual({ refused: [], thrown: [] });
});
