// Measures how smoothly the dev page moves: `node scripts/devpage-frames.ts [seconds]`, after a build. In Chromium, on a shop with 50,000 requests behind it and
// 200 a second coming, for 20 s on each screen that moves: the times between frames, tasks over 50 ms, the processor time of the page's thread, nodes of the document
// and what its heap holds.
import type { CDPSession, Page } from "playwright-core";
import { Browser } from "../test/browser/support/browser.ts";
import { Shop, startCollector } from "../test/browser/support/shop.ts";
import { Traffic } from "../test/browser/support/traffic.ts";

const requests = 50_000;
const perSecond = 200;
const seconds = Number(process.argv[2] ?? 20);

interface Frames {
  /** Between one frame and the next, in ms, sorted. */
  readonly gapsMs: readonly number[];
  readonly longTasksMs: readonly number[];
}

/** As text, as it runs in the browser: the names of a document are not known here. */
const watchFrames = `(forMs) => new Promise((resolve) => {
  const gapsMs = [];
  const longTasksMs = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasksMs.push(duration);
  });
  observer.observe({ type: "longtask" });
  const began = performance.now();
  let before = began;
  const frame = (now) => {
    gapsMs.push(now - before);
    before = now;
    if (now - began < forMs) requestAnimationFrame(frame);
    else {
      observer.disconnect();
      resolve({ gapsMs: gapsMs.slice(1).sort((a, b) => a - b), longTasksMs });
    }
  };
  requestAnimationFrame(frame);
})`;

async function look(page: Page, devTools: CDPSession, screen: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: screen }).click();
  await page.getByRole("heading", { level: 1, name: screen }).waitFor();
  const before = await work(devTools);
  const { gapsMs, longTasksMs } = await page.evaluate<Frames>(`(${watchFrames})(${seconds * 1_000})`);
  const after = await work(devTools);
  await devTools.send("HeapProfiler.collectGarbage");
  const { nodes } = await devTools.send("Memory.getDOMCounters");
  const { usedSize } = await devTools.send("Runtime.getHeapUsage");
  const at = (share: number): string => (gapsMs[Math.floor(share * (gapsMs.length - 1))] ?? 0).toFixed(1);
  const share = (busy: number): string => `${((100 * busy) / seconds).toFixed(1)} %`;
  const longest = Math.max(0, ...longTasksMs).toFixed(0);
  console.log(
    [
      screen.padEnd(8),
      `${gapsMs.length} frames, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
      `${longTasksMs.length} tasks over 50 ms${longTasksMs.length === 0 ? "" : `, longest ${longest} ms`}`,
      `main thread ${share(after.all - before.all)} (scripts ${share(after.script - before.script)}, layout ${share(after.layout - before.layout)})`,
      `${nodes} nodes, heap ${(usedSize / 2 ** 20).toFixed(1)} MiB`,
    ].join("; "),
  );
}

/** Of the main thread, in seconds of processor time, which neighbours of this process do not stretch. */
interface Work {
  readonly all: number;
  readonly script: number;
  readonly layout: number;
}

async function work(devTools: CDPSession): Promise<Work> {
  const { metrics } = await devTools.send("Performance.getMetrics");
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return {
    all: of("TaskDuration"),
    script: of("ScriptDuration"),
    layout: of("LayoutDuration") + of("RecalcStyleDuration"),
  };
}

const browser = await Browser.open();
const collector = await startCollector({ maxKept: 100 });
const shop = await Shop.start("express-shop", {
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
});
const traffic = new Traffic(shop);
try {
  const { page } = await browser.page();
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(shop.pageUrl);
  await page.getByText("No request yet").waitFor();
  await traffic.drive(requests);
  void traffic.drip(perSecond);
  for (const screen of ["Live", "Routes", "Traces", "Logs"]) await look(page, devTools, screen);
} finally {
  traffic.end();
  await shop.end();
  await browser.close();
  await collector.close();
}
