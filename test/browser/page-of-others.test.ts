import { openOtlpPage, type OpenOtlpPage } from "@gossamer/devpage";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Browser, seriousFindings, type Trouble } from "./support/browser.ts";

// The same page, of what other processes send by OTLP.

let browser: Browser;
let opened: OpenOtlpPage;
let page: Page;
let trouble: Trouble;

beforeAll(async () => {
  browser = await Browser.open();
  opened = await openOtlpPage({ otlpPort: 0, port: 0, log: () => {} });
  ({ page, trouble } = await browser.page());
  await page.goto(opened.url);
});

afterAll(async () => {
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

it("says of what it cannot know where that is (R-D3)", async () => {
  for (const screen of ["Pipeline", "Overhead", "Rules", "Check"]) {
    await page.getByRole("navigation").getByRole("link", { name: screen }).click();
    await page.getByRole("heading", { level: 1, name: screen }).waitFor();
    await page.getByText("This lives in the service's own process").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  }
  expect(trouble).toEqual({ refused: [], thrown: [] });
});
