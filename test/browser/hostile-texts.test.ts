import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resetTelemetry } from "@gossamer/core";
import { openDevPage, type OpenPage } from "@gossamer/devpage";
import { telemetry } from "@gossamer/express";
import { createLogger } from "@gossamer/pino";
import express from "express";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Browser, type Trouble } from "./support/browser.ts";

// Whatever a client, a library or a colleague writes is shown as it was written, and never becomes part of the page.

const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const inPath = `/%22%3E<img/src=x/onerror=document.title='owned'>`;

let browser: Browser;
let page: Page;
let trouble: Trouble;
let service: Server;
let opened: OpenPage | undefined;

beforeAll(async () => {
  browser = await Browser.open();
  const app = express();
  app.use(
    telemetry({
      serviceName: `shop ${markup}`,
      exporter: "none",
      sampleRatio: 1,
      diagnostics: "none",
      shutdown: { signals: false },
    }),
  );
  const logger = createLogger(telemetry, { level: "info", destination: "/dev/null" });
  // A name of a parameter may be any text in quotes.
  app.get(`/offers/:"${markup.replaceAll('"', '\\"')}"`, (_request, response) => void response.end("ok"));
  app.get("/written", (_request, response) => {
    telemetry.annotate({ [`note ${markup}`]: markup });
    telemetry.span(`step ${markup}`, (span) => {
      span.addEvent(`event ${markup}`, { text: markup });
      span.recordException(new Error(markup));
    });
    logger.warn({ [`field ${markup}`]: markup }, `line ${markup}`);
    response.end("ok");
  });
  app.get("/failing", () => {
    throw Object.assign(new Error(markup), { name: markup });
  });
  service = createServer(app).listen(0, "127.0.0.1");
  await once(service, "listening");
  opened = await openDevPage(telemetry, { port: 0, log: () => {} });
  ({ page, trouble } = await browser.page());
  await page.goto(opened?.url ?? "");
  await page.getByText("No request yet").waitFor();
  for (const path of ["/written", "/failing", inPath, "/offers/7"]) await ask(path);
});

afterAll(async () => {
  await page?.close();
  await opened?.close();
  service?.close();
  await telemetry.shutdown(0);
  await resetTelemetry();
  await browser?.close();
});

/** As it is written: `fetch` would write it otherwise. */
async function ask(path: string): Promise<void> {
  const { port } = service.address() as AddressInfo;
  const asked = httpRequest({ port, host: "127.0.0.1", path, headers: { "user-agent": markup } }).end();
  const [response] = (await once(asked, "response")) as [NodeJS.ReadableStream];
  response.resume();
  await once(response, "end");
}

async function isUntouched(): Promise<void> {
  expect(await page.title()).toContain(`shop ${markup}`);
  expect(await page.locator("#app img, #app script").count()).toBe(0);
  expect(trouble).toEqual({ refused: [], thrown: [] });
}

it("shows markup in paths, route and service names as text (R-D3)", async () => {
  await page.goto(`${opened?.url}#/live`);
  await page.getByText("onerror=document.title").first().waitFor();
  await page.goto(`${opened?.url}#/routes`);
  await expect
    .poll(() => page.getByRole("row").allTextContents())
    .toEqual(expect.arrayContaining([expect.stringContaining("/written")]));
  await page.getByText(`shop ${markup}`).first().waitFor();
  await isUntouched();
});

it("shows markup in span names, attributes, events and errors as text (R-D3)", async () => {
  await page.goto(`${opened?.url}#/traces?text=written`);
  await page.getByRole("region", { name: "Traces" }).getByRole("link").first().click();
  const spans = page.getByRole("region", { name: "Spans" });
  await spans.getByText("step <img").click();
  const side = page.getByRole("complementary", { name: "Span" });
  await side.getByText(`event ${markup}`).waitFor();
  await spans.locator("[data-row]").first().click();
  await expect.poll(() => side.textContent()).toContain(`note ${markup}`);
  await isUntouched();
});

it("shows markup in log lines as text, on the screen of lines and with their trace (R-D3)", async () => {
  await page.goto(`${opened?.url}#/logs`);
  const lines = page.getByRole("region", { name: "Log lines, newest first" });
  await lines
    .getByRole("button")
    .filter({ hasText: `line ${markup}` })
    .click();
  const panel = page.getByRole("complementary", { name: "Line" });
  await panel.getByText(`field ${markup}`).waitFor();
  await panel.getByText(`line ${markup}`).waitFor();
  await lines
    .getByRole("listitem")
    .filter({ hasText: `line ${markup}` })
    .getByRole("link")
    .first()
    .click();
  await page.getByRole("region", { name: "Log lines" }).getByText(`line ${markup}`).waitFor();
  await isUntouched();
});

it("shows markup as text where one chooses from a list, reads a request, and tries a rule (R-D3)", async () => {
  await page.goto(`${opened?.url}#/live`);
  const inList = "<img src=x";
  await expect
    .poll(() => page.getByLabel("Route", { exact: true }).locator("option").allTextContents())
    .toEqual(expect.arrayContaining([expect.stringContaining(inList)]));
  await page
    .getByRole("region", { name: "Requests, newest first" })
    .getByRole("button")
    .filter({ hasText: "/offers/" })
    .click();
  const why = page.getByRole("complementary", { name: "Why" });
  await why.getByText(inList).first().waitFor();
  await isUntouched();

  await page.goto(`${opened?.url}#/rules`);
  await expect
    .poll(() => page.getByLabel("Add a rule for a route").locator("option").allTextContents())
    .toEqual(expect.arrayContaining([expect.stringContaining(inList)]));
  const editor = page.getByLabel("Sampling as JSON");
  const rule = JSON.stringify({ name: markup, match: "*", ratio: 0 });
  await editor.fill((await editor.inputValue()).replace('"rules": []', () => `"rules": [${rule}]`));
  await page.getByRole("button", { name: "Try" }).click();
  await page.getByText("Trying on live traffic").waitFor();
  await ask("/written");
  await page.getByRole("region", { name: "Dry run" }).getByText(`${markup}: unsampled`).waitFor();
  await isUntouched();
});

it("takes a hash that was written by somebody else as what it is (R-D3)", async () => {
  for (const hash of [
    `#/traces/${markup}`,
    `#/live?text=${markup}`,
    "#/traces/%E0%A4%A",
    "#/__proto__/constructor",
    `#/routes?route=${markup}`,
  ]) {
    await page.goto(`${opened?.url}${hash}`);
    await page.getByRole("heading", { level: 1 }).or(page.getByText("This trace is not here")).first().waitFor();
  }
  await isUntouched();
});
