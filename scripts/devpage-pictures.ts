// Makes the pictures of the dev page for docs/devpage.md, of a shop with half a minute of visitors: `node scripts/devpage-pictures.ts`, after a build.
// Chromium also makes them small: as WebP, of a fifth of the bytes of a PNG.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { Browser } from "../test/browser/support/browser.ts";
import { Shop, startCollector } from "../test/browser/support/shop.ts";
import { root } from "./step.ts";

const folder = join(root, "docs/devpage");
const size = { width: 1_280, height: 800 };
const visitorsMs = 30_000;
const maxBytes = 100_000;

/** What the shop is asked, the most wanted first. */
const paths = [
  "/products?page=1",
  "/products/7",
  "/search?q=lamp",
  "/products/41",
  "/products?page=3",
  "/healthz",
  "/customers/7/orders",
  "/nowhere",
];

async function visit(shop: Shop, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  const ask = async (path: string, init: RequestInit = {}): Promise<void> => {
    await fetch(shop.url + path, init).then(
      (answer) => answer.arrayBuffer(),
      () => {},
    );
  };
  const visitor = async (i: number): Promise<void> => {
    for (let n = i; performance.now() < until; n++) {
      await ask(paths[Math.floor(((n * 0.618) % 1) * (n % 3 === 0 ? paths.length : 3))] ?? "/");
      // What is under way when the shop is ended is nobody's trouble.
      if (n % 5 === 0) await shop.order().catch(() => {});
      if (n % 37 === 0) await ask("/reports/sales", { signal: AbortSignal.timeout(n % 2 === 0 ? 300 : 5_000) });
      await delay(20 + ((n * 37) % 60));
    }
  };
  await Promise.all(Array.from({ length: 6 }, (_, i) => visitor(i * 11)));
}

/** From the finest that a picture of text is worth to the coarsest in which it can be read. */
const qualities = [0.9, 0.8, 0.7, 0.6, 0.5];

/** Takes what is shown, as finely as the limit lets it. */
async function take(page: Page, encoder: Page, name: string): Promise<void> {
  const png = (await page.screenshot()).toString("base64");
  for (const quality of qualities) {
    const webp = await encoder.evaluate<string>(`(${encode})(${JSON.stringify(png)}, ${quality})`);
    const bytes = Buffer.from(webp.slice(webp.indexOf(",") + 1), "base64");
    if (bytes.length > maxBytes) continue;
    writeFileSync(join(folder, `${name}.webp`), bytes);
    console.log(`docs/devpage/${name}.webp  ${Math.round(bytes.length / 1_024)} KiB`);
    return;
  }
  throw new Error(`${name} takes more than ${maxBytes} bytes`);
}

/** As text, as it runs in the browser: the names of a document are not known here. */
const encode = `async (png, quality) => {
  const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas.toDataURL("image/webp", quality);
}`;

interface Stage {
  readonly page: Page;
  readonly encoder: Page;
  readonly shop: Shop;
}

async function screens({ page, encoder, shop }: Stage): Promise<void> {
  const open = async (screen: string): Promise<void> => {
    await page.getByRole("navigation").getByRole("link", { name: screen }).click();
    await page.getByRole("heading", { level: 1, name: screen }).waitFor();
    await page.mouse.move(0, 0);
    await delay(400);
  };
  for (const screen of ["Routes", "Logs", "Pipeline", "Check"]) {
    await open(screen);
    await take(page, encoder, screen.toLowerCase());
  }

  await open("Live");
  await page.getByRole("button", { name: "Pause" }).click();
  await page
    .getByRole("region", { name: "Requests, newest first" })
    .getByRole("button")
    .filter({ has: page.locator(".chip.dew") })
    .first()
    .click();
  await delay(400);
  await take(page, encoder, "live");

  await open("Traces");
  await page.getByLabel("Filter traces").fill("POST /orders");
  await page.getByRole("region", { name: "Traces" }).getByRole("link").first().click();
  await page.getByRole("region", { name: "Spans" }).locator("[data-row]").nth(1).click();
  await delay(400);
  await take(page, encoder, "trace");

  await open("Rules");
  const editor = page.getByLabel("Sampling as JSON");
  const rules = [
    '{ "name": "orders", "match": "POST /orders", "ratio": 0.2 }',
    '{ "name": "health", "match": "GET /healthz", "ratio": 0 }',
    '{ "name": "lists", "match": "GET /products*", "ratio": 0.02 }',
  ];
  await editor.fill(
    (await editor.inputValue()).replace('"rules": []', `"rules": [\n    ${rules.join(",\n    ")}\n  ]`),
  );
  await page.getByRole("button", { name: "Try" }).click();
  await visit(shop, 8_000);
  await delay(1_200);
  await take(page, encoder, "rules");

  await page.emulateMedia({ colorScheme: "dark" });
  await open("Overhead");
  await page.getByRole("button", { name: "Hold 10 min at children" }).click();
  await delay(1_500);
  await take(page, encoder, "overhead");
}

mkdirSync(folder, { recursive: true });
const browser = await Browser.open();
const collector = await startCollector({ maxKept: 100 });
const shop = await Shop.start("express-shop", {
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
});
try {
  const [{ page }, { page: encoder }] = [await browser.page(), await browser.page()];
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(shop.pageUrl);
  await page.getByText("No request yet").waitFor();
  await visit(shop, visitorsMs);
  const visitors = visit(shop, visitorsMs);
  await screens({ page, encoder, shop });
  await visitors;
} finally {
  await shop.end();
  await browser.close();
  await collector.close();
}
