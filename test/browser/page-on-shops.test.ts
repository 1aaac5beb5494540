import type { OtlpReceiver } from "@gossamer/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser, seriousFindings, type Trouble } from "./support/browser.ts";
import { Shop, startCollector } from "./support/shop.ts";

// The page as a developer has it: in a browser, on each of the shops, which are started as the README says. Debian's package brings the browser:
// `apt-get install chromium`.

let browser: Browser;
let collector: OtlpReceiver;

beforeAll(async () => {
  browser = await Browser.open();
  collector = await startCollector();
});

afterAll(async () => {
  await browser?.close();
  await collector?.close();
});

function start(name: string): Promise<Shop> {
  return Shop.start(name, {
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.5",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
}

// Each shop is looked at in one of the ways in which the page is seen.
describe.each([
  ["express-shop", 1_440, "light"],
  ["fastify-shop", 360, "dark"],
  ["nestjs-shop", 1_440, "dark"],
] as const)("the page on %s", (name, width, colorScheme) => {
  let shop: Shop;
  let page: Page;
  let trouble: Trouble;

  beforeAll(async () => {
    shop = await start(name);
    ({ page, trouble } = await browser.page());
    await page.goto(shop.pageUrl);
    await page.getByText("No request yet").waitFor();
    for (let i = 0; i < 4; i++) await shop.visit();
  });

  afterAll(async () => {
    await page?.close();
    await shop?.end();
  });

  const open = async (screen: string): Promise<void> => {
    await page.getByRole("navigation").getByRole("link", { name: screen }).click();
    await page.getByRole("heading", { level: 1, name: screen }).waitFor();
  };

  it("shows each route with its rate, answers and percentiles (R-D3)", async () => {
    await open("Routes");
    const row = page.getByRole("row").filter({ hasText: "/products/:id" });
    await expect.poll(() => row.textContent()).toMatch(/GET \/products\/:id.*\d+(\.\d+)? (µs|ms)/);
    await row.getByRole("img", { name: "2xx 4" }).waitFor();
    await page.getByRole("img", { name: /Latencies of the last ten minutes/ }).waitFor();
    await row.click();
    await page.getByRole("button", { name: "all routes" }).waitFor();
    // The page was there before the first request, when nobody knew the bounds of durations.
    await expect.poll(() => page.getByRole("link", { name: /^p95/ }).textContent()).toMatch(/[1-9].*(?:µs|ms|s)$/);
  });

  it("shows requests as they end, why each has a trace or none, and the steps of that (R-D3)", async () => {
    await open("Live");
    const rows = page.getByRole("region", { name: "Requests, newest first" }).getByRole("button");
    await rows.first().waitFor();
    const before = await rows.count();
    await fetch(`${shop.url}/products/41`);
    await expect.poll(() => rows.first().textContent()).toContain("/products/41");
    expect(await rows.count()).toBeGreaterThan(before);
    expect(await rows.allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/not sampled 50 %/),
        expect.stringMatching(/\dsampled 50 %|ssampled 50 %/),
      ]),
    );
    await rows.first().click();
    const why = page.getByRole("complementary", { name: "Why" });
    await expect.poll(() => why.textContent()).toMatch(/no caller decided.*50 % sampled/);
  });

  it("filters and pauses what ends (R-D3)", async () => {
    await open("Live");
    const rows = page.getByRole("region", { name: "Requests, newest first" }).getByRole("button");
    await page.getByLabel("Status").selectOption("4xx");
    await expect
      .poll(async () => [...new Set((await rows.allTextContents()).map((text) => /\d{3}(?=GET|POST)/.exec(text)?.[0]))])
      .toEqual(["404"]);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByLabel("Route", { exact: true }).selectOption("POST /orders");
    await expect
      .poll(async () => (await rows.allTextContents()).filter((text) => !text.includes("POST /orders")))
      .toEqual([]);
    expect(page.url()).toContain("route=POST");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    const paused = await rows.count();
    await fetch(`${shop.url}/healthz`);
    await page.getByText("1 waiting").waitFor();
    expect(await rows.count()).toBe(paused);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect.poll(() => rows.first().textContent()).toContain("/healthz");
  });

  it("holds no more rows in the document than one sees, however many requests there are (R-D3)", async () => {
    await open("Live");
    for (let i = 0; i < 6; i++) await Promise.all(Array.from({ length: 25 }, () => fetch(`${shop.url}/healthz`)));
    const list = page.getByRole("region", { name: "Requests, newest first" });
    await expect
      .poll(() => list.getByRole("listitem").first().getAttribute("aria-setsize").then(Number))
      .toBeGreaterThan(60);
    expect(await list.getByRole("button").count()).toBeLessThan(50);
  });

  it("keeps the focus on a row while others come in above it, and goes from row to row by keys (R-D3)", async () => {
    await open("Live");
    const ask = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) await Promise.all(Array.from({ length: 25 }, () => fetch(`${shop.url}/healthz`)));
    };
    await ask();
    const list = page.getByRole("region", { name: "Requests, newest first" });
    await list.getByRole("listitem").nth(20).waitFor();
    const place = (): Promise<number> =>
      page.evaluate("Number(document.activeElement?.closest('li')?.ariaPosInSet ?? 0)");
    await list.focus();
    await page.keyboard.press("j");
    await expect.poll(place).toBeGreaterThan(0);
    await ask();
    // Of so many at once the page is told 50 a turn.
    await expect.poll(place).toBeGreaterThan(40);
    const before = await place();
    for (let i = 0; i < 20; i++) await page.keyboard.press("j");
    await expect.poll(place).toBeGreaterThanOrEqual(before + 20);
  });

  it("shows a trace with its spans, and gives it as Markdown and OTLP JSON (R-D3)", async () => {
    await shop.order({ traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" });
    await open("Traces");
    await page.getByLabel("Filter traces").fill("4bf92f35");
    await page.getByRole("region", { name: "Traces" }).getByRole("link").first().click();
    await page.getByRole("heading", { name: /POST \/orders/ }).waitFor();
    const spans = page.getByRole("region", { name: "Spans" });
    await expect.poll(() => spans.getByRole("listitem").count()).toBeGreaterThan(1);
    await spans.locator("[data-row]").first().click();
    await expect
      .poll(() => page.getByRole("complementary", { name: "Span" }).textContent())
      .toContain("http.response.status_code");
    await page.getByRole("button", { name: "Markdown" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const clipboard = (): Promise<string> =>
      page.evaluate(() =>
        (
          globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
        ).navigator.clipboard.readText(),
      );
    expect(await clipboard()).toContain("POST /orders");
    await page.getByRole("button", { name: "OTLP JSON" }).click();
    await expect.poll(clipboard).toContain('"resourceSpans"');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it("shows the accounts of the pipeline, and that they add up (R-D3)", async () => {
    await open("Pipeline");
    const accounts = page.getByRole("region", { name: "Accounts" });
    await expect.poll(() => accounts.textContent()).toMatch(/traces\d+accepted=\d+exported.*adds up/);
    expect(await page.getByText("does not add up").count()).toBe(0);
    await page.getByRole("meter", { name: "http: use" }).waitFor();
  });

  it("shows what telemetry costs, and holds it back and lets it go by hand (R-D3)", async () => {
    await open("Overhead");
    const stairs = page.getByRole("region", { name: "Steps" });
    await expect.poll(() => stairs.locator("[aria-current=step]").textContent()).toContain("full");
    await stairs.getByRole("button", { name: "Hold 10 min at roots" }).click();
    await expect.poll(() => stairs.locator("[aria-current=step]").textContent()).toContain("roots");
    await expect
      .poll(() => page.getByRole("region", { name: "Changes", exact: true }).textContent())
      .toMatch(/full.*roots.*manual/);
    await stairs.getByRole("button", { name: "Leave it to the causes" }).click();
    await expect.poll(() => stairs.locator("[aria-current=step]").textContent()).toContain("full");
  });

  it("tries rules on live traffic, says what is wrong where it is, applies them and takes them back (R-D3)", async () => {
    await open("Rules");
    const editor = page.getByLabel("Sampling as JSON");
    const inForce = await editor.inputValue();
    const withRules = (rules: string): string => inForce.replace(/"rules": \[\]/, `"rules": ${rules}`);

    await editor.fill(withRules('[\n    { "match": "GET /products", "ratio": 2 }\n  ]'));
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/Line 12.*ratio.*from 0 to 1/);
    expect(await page.getByRole("button", { name: "Apply" }).isDisabled()).toBe(true);

    await editor.fill(withRules('[\n    { "name": "none of it", "match": "*", "ratio": 0 }\n  ]'));
    await page.getByRole("button", { name: "Try" }).click();
    const trial = page.getByRole("region", { name: "Dry run" });
    await trial.getByText("No request was decided since it began").waitFor();
    for (let i = 0; i < 6; i++) await shop.visit();
    const dry = async (): Promise<string> => (await trial.textContent()) ?? "";
    await expect.poll(dry).toMatch(/Only live[1-9]\d* /);
    await expect.poll(dry).toMatch(/Only dry run0 /);
    await expect.poll(dry).toMatch(/Spans a second saved/);
    await expect.poll(dry).toContain("none of it");

    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("In force from the next request on.").waitFor();
    const state: unknown = await (await fetch(`${shop.pageUrl}api/state`)).json();
    expect(state).toMatchObject({ rules: { current: { rules: [{ name: "none of it", ratio: 0 }] } } });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Taken back.").waitFor();
    expect(await editor.inputValue()).toBe(inForce);
  });

  it("keeps what is written before the editor was first painted, and a draft that the service refused (R-D3)", async () => {
    await open("Check");
    // Written by the page's own script as soon as the text is there: no frame lies between.
    await page.evaluate(`new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        const area = document.querySelector("textarea");
        if (area === null) return;
        observer.disconnect();
        area.value = area.value.replace('"rules": []', '"rules": [{ "match": "GET /products", "ratio": 2 }]');
        area.dispatchEvent(new Event("input", { bubbles: true }));
        resolve();
      }).observe(document.body, { childList: true, subtree: true });
      document.querySelector("nav a[href*=rules]").click();
    })`);
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/ratio.*from 0 to 1/);
    const editor = page.getByLabel("Sampling as JSON");
    await editor.fill((await editor.inputValue()).replace('"ratio": 2', '"ratio": 1'));
    await page.route("**/api/sampling", (route) => route.abort());
    await page.getByRole("button", { name: "Apply" }).click();
    await expect
      .poll(() => page.getByRole("region", { name: "Editor" }).getByRole("status").textContent())
      .not.toMatch(/^Changes/);
    expect(await editor.inputValue()).toContain('"match": "GET /products"');
    await page.unroute("**/api/sampling");
    await page.getByRole("button", { name: "Reset" }).click();
  });

  it("says what to look at before production, and where each setting comes from (R-D3)", async () => {
    await open("Check");
    await page.getByLabel("Filter settings").fill("sampleRatio");
    await expect
      .poll(() => page.getByRole("row").filter({ hasText: "sampleRatio" }).textContent())
      .toContain("OTEL_TRACES_SAMPLER_ARG");
    await expect
      .poll(() => page.getByRole("region", { name: "Findings" }).textContent())
      .toMatch(/finding|Nothing to change/);
  });

  it("shows the lines of the service with their trace, and raises their level (R-D3)", async () => {
    await open("Logs");
    const lines = page.getByRole("region", { name: "Log lines, newest first" });
    await page.getByLabel("Filter by text").fill("orders");
    const line = lines.getByRole("listitem").filter({ hasText: "/orders" }).first();
    await line.getByRole("button").click();
    const panel = page.getByRole("complementary", { name: "Line" });
    await expect.poll(() => panel.textContent()).toMatch(/http\.route.*\/orders/);
    await panel.getByRole("button", { name: "Lines of this trace" }).click();
    await expect.poll(() => page.url()).toMatch(/trace=[0-9a-f]{32}/);
    await page.getByRole("button", { name: /^trace/ }).click();
    await page.getByLabel("Level, for 10 min").selectOption("debug");
    await expect
      .poll(async () => ((await (await fetch(`${shop.pageUrl}api/state`)).json()) as { logLevels: unknown }).logLevels)
      .toMatchObject([{ level: "debug" }]);
    await line.getByRole("link").click();
    await page.getByRole("heading", { name: /POST \/orders/ }).waitFor();
  });

  it("is without serious findings of axe on every screen, at most as wide as a phone, and without a refusal of its policy (R-D3)", async () => {
    await page.emulateMedia({ colorScheme });
    for (const screen of ["Routes", "Live", "Traces", "Logs", "Pipeline", "Overhead", "Rules", "Check"]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await open(screen);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow, `${screen} at 360 px`).toBeLessThanOrEqual(0);
      if (width !== 360) await page.setViewportSize({ width, height: 900 });
      expect(await seriousFindings(page), `${screen} at ${width} px, ${colorScheme}`).toEqual([]);
    }
    expect(trouble).toEqual({ refused: [], thrown: [] });
  });

  it("says that the service went away, and goes on when it is back (R-D3)", async () => {
    await page.setViewportSize({ width: 1_440, height: 900 });
    await open("Live");
    await shop.end();
    await page.getByText(/The service has not answered since/).waitFor();
    shop = await start(name);
    await expect.poll(() => page.getByText(/has not answered since/).count()).toBe(0);
    await fetch(`${shop.url}/products/9`);
    const rows = page.getByRole("region", { name: "Requests, newest first" }).getByRole("button");
    await expect.poll(() => rows.first().textContent()).toContain("/products/9");
  });
});
