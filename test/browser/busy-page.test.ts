import type { OtlpReceiver } from "@gossamer/testing";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Browser, seriousFindings, type Trouble } from "./support/browser.ts";
import { Shop, startCollector } from "./support/shop.ts";
import { Traffic } from "./support/traffic.ts";

// The page of a shop that is busy: what is shown stays readable, and what the browser holds does not grow with what came by. How smoothly it moves depends on the
// machine: `node scripts/devpage-frames.ts` measures it.

let browser: Browser;
let collector: OtlpReceiver;
let shop: Shop;
let traffic: Traffic;
let page: Page;
let trouble: Trouble;
let devTools: CDPSession;

beforeAll(async () => {
  browser = await Browser.open();
  collector = await startCollector({ maxKept: 100 });
  shop = await Shop.start("express-shop", {
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.5",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  traffic = new Traffic(shop);
  ({ page, trouble } = await browser.page());
  devTools = await page.context().newCDPSession(page);
  await page.goto(shop.pageUrl);
  await page.getByText("No request yet").waitFor();
});

afterAll(async () => {
  traffic?.end();
  await page?.close();
  await shop?.end();
  await collector?.close();
  await browser?.close();
});

const moving = ["Live", "Traces", "Logs", "Routes"];

async function open(screen: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: screen }).click();
  await page.getByRole("heading", { level: 1, name: screen }).waitFor();
}

/** What the browser holds, with nothing left that nobody needs. */
async function held(): Promise<{ readonly nodes: number; readonly heapBytes: number }> {
  await devTools.send("HeapProfiler.collectGarbage");
  const { nodes } = await devTools.send("Memory.getDOMCounters");
  const { usedSize } = await devTools.send("Runtime.getHeapUsage");
  return { nodes, heapBytes: usedSize };
}

it("keeps open the request that is read when newer ones have taken its place in the list (R-D3)", async () => {
  await shop.visit();
  await open("Live");
  const rows = page.getByRole("region", { name: "Requests, newest first" }).getByRole("button");
  await rows.filter({ hasText: "/search" }).click();
  const why = page.getByRole("complementary", { name: "Why" });
  await expect.poll(() => why.textContent()).toContain("no caller decided");
  // The list holds the last 2,000 of which the page is told, at most 200 a second: what was read is gone from it after this.
  while ((await page.getByText(/2,000 requests/).count()) === 0) await traffic.drive(500);
  await traffic.drive(2_000);
  await expect.poll(() => rows.filter({ hasText: "nowhere" }).count()).toBeGreaterThan(0);
  expect(await why.textContent()).toMatch(/GET \/search.*no caller decided/);
  await page.keyboard.press("Escape");
  await expect.poll(() => why.count()).toBe(0);
});

it("holds no more nodes and no more heap after 12,000 requests than after 4,000, on each screen that moves (R-D3)", async () => {
  for (const screen of moving) await open(screen);
  const early = await held();
  for (const screen of moving) {
    await open(screen);
    await traffic.drive(2_000);
    const { nodes } = await held();
    // A row is 5 to 30 nodes, and there are no more rows than one sees.
    expect(nodes, screen).toBeLessThan(4_000);
  }
  const late = await held();
  expect(late.heapBytes / early.heapBytes, JSON.stringify({ early, late })).toBeLessThan(1.5);
  expect(late.heapBytes).toBeLessThan(12 * 2 ** 20);
  expect(trouble).toEqual({ refused: [], thrown: [] });
}, 240_000);

it("sorts routes by each figure, and has the order in the address (R-D3)", async () => {
  await open("Routes");
  const names = async (): Promise<string[]> =>
    page
      .getByRole("row")
      .getByRole("button")
      .filter({ hasText: /^(?:GET|POST) / })
      .allTextContents();
  await page.getByRole("button", { name: "p99" }).click();
  await expect.poll(() => page.url()).toContain("order=p99");
  await expect.poll(async () => (await names())[0]).toBe("POST /orders");
  expect(await page.locator("th[aria-sort=descending]").textContent()).toContain("p99");
  await page.getByRole("button", { name: "Route", exact: true }).click();
  await expect
    .poll(async () => (await names()).map((name) => name.replace(/^\w+ /, "")))
    .toEqual((await names()).map((name) => name.replace(/^\w+ /, "")).toSorted((a, b) => a.localeCompare(b)));
  // Each heading says what it is.
  expect(await page.locator("th:not([title])").count()).toBe(0);
});

it("opens the trace of a cell of the heatmap, by keys alone (R-D3)", async () => {
  await open("Routes");
  const heatmap = page.getByRole("img", { name: /Latencies of the last ten minutes/ });
  await heatmap.focus();
  // Up and down the columns, from the newest, until a cell has a request with a trace.
  const line = page.locator(".heat-line");
  const withTrace = line.filter({ has: page.locator("strong") }).getByRole("link");
  for (let i = 0; i < 200 && (await withTrace.count()) === 0; i++) {
    const isAtEnd = i % 16 === 15;
    await page.keyboard.press(isAtEnd ? "ArrowLeft" : i % 32 < 16 ? "ArrowUp" : "ArrowDown");
  }
  expect(await withTrace.count()).toBeGreaterThan(0);
  await heatmap.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url()).toMatch(/#\/traces\/[0-9a-f]{32}$/);
});

it("says all keys on ?, and closes on Escape (R-D3)", async () => {
  await page.keyboard.press("2");
  await page.getByRole("heading", { level: 1, name: "Live" }).waitFor();
  await page.keyboard.press("/");
  expect(await page.evaluate("document.activeElement?.getAttribute('aria-label')")).toBe("Filter by text");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await keys.getByText("into the filter").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => keys.isVisible()).toBe(false);
});

/** What is open beside a screen, or in it, that is not there at first. */
const opened: Readonly<Record<string, (at: Page) => Promise<void>>> = {
  Live: async (at) => {
    await at.getByRole("region", { name: "Requests, newest first" }).getByRole("button").nth(1).click();
    await at.getByRole("complementary", { name: "Why" }).getByText("no caller decided").waitFor();
  },
  Logs: async (at) => {
    await at.getByRole("region", { name: "Log lines, newest first" }).getByRole("button").nth(1).click();
    await at.getByRole("complementary", { name: "Line" }).waitFor();
  },
  Traces: async (at) => {
    await at.getByRole("region", { name: "Traces" }).getByRole("link").first().click();
    await at.getByRole("region", { name: "Spans" }).locator("[data-row]").first().click();
    await at.getByRole("complementary", { name: "Span" }).waitFor();
  },
  Routes: (at) =>
    at
      .getByRole("button", { name: /GET \/products/ })
      .first()
      .click(),
  Rules: async (at) => {
    await at.getByLabel("Sampling as JSON").fill("{");
    await at.getByRole("alert").waitFor();
  },
  Overhead: async (at) => {
    const hold = at.getByRole("button", { name: "Hold 10 min at roots" });
    if ((await hold.count()) > 0) await hold.click();
    await at.getByText("manual wants roots").waitFor();
  },
};

it("is without serious findings of axe, and no wider than it is seen, on each screen with what opens in it, in both themes and widths (R-D3)", async () => {
  const found: string[] = [];
  for (const width of [1_440, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const screen of ["Routes", "Live", "Traces", "Logs", "Pipeline", "Overhead", "Rules", "Check"]) {
        const where = `${screen} at ${width} px, ${colorScheme}`;
        const look = async (): Promise<void> => {
          found.push(...(await seriousFindings(page)).map((finding) => `${where}: ${finding}`));
          const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          if (overflow !== 0) found.push(`${where}: wider by ${String(overflow)} px`);
        };
        await open(screen);
        await look();
        await opened[screen]?.(page);
        await look();
      }
    }
  }
  expect(found).toEqual([]);
  expect(trouble).toEqual({ refused: [], thrown: [] });
}, 240_000);
