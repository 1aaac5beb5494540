import { setTimeout as delay } from "node:timers/promises";
import {
  downloader,
  faithfulFollower,
  follower,
  probe,
  reportReader,
  scanner,
  shopper,
  tracedBuyer,
  type Journey,
  type Surroundings,
  type VisitedShop,
} from "./journeys.ts";
import type { Ledger } from "./ledger.ts";
import { nextArrivalMs, seededRandom } from "./seeded-random.ts";
import { type ShopAddress, Visitors } from "./visitor.ts";

/** How often each kind of visitor comes, on average. Together they send about 50 requests a second to each shop. */
const arrivals: readonly { readonly journey: Journey; readonly perSecond: number }[] = [
  { journey: shopper, perSecond: 8 },
  { journey: tracedBuyer, perSecond: 1 },
  { journey: scanner, perSecond: 0.5 },
  { journey: probe, perSecond: 1 },
  { journey: reportReader, perSecond: 1 },
  { journey: downloader, perSecond: 1 },
  { journey: follower, perSecond: 1 },
];

export interface Traffic {
  /** Until no more visitors come and those who came have gone, except for the last ones, who stay until the shop closes. */
  readonly quiet: Promise<void>;
  /** Visits that have no end yet. */
  open(): number;
  /** Resolves when the last ones have gone too. */
  over(): Promise<void>;
  /** No more visitors come. */
  stop(): void;
  /** Cuts every connection. */
  abandon(): void;
}

/**
 * Visitors of all kinds, who come independently of how fast the shop answers; the same ones for the same seed.
 *
 * Ends by itself after `durationMs`, or when `stop` is called.
 */
export function startTraffic(
  shop: ShopAddress & VisitedShop,
  ledger: Ledger,
  durationMs: number,
  seed = 20_260,
): Traffic {
  const visitors = new Visitors(shop, ledger);
  const leaving = new AbortController();
  const journeys = new Set<Promise<void>>();
  let count = 0;

  function begin(journey: Journey): Promise<void> {
    // A random source of its own for each, so that who comes does not depend on who was answered first.
    const surroundings: Surroundings = {
      visitors,
      shop,
      ledger,
      random: seededRandom(seed + ++count),
      signal: leaving.signal,
    };
    const running = journey(surroundings).finally(() => journeys.delete(running));
    journeys.add(running);
    return running;
  }

  async function come(journey: Journey, perSecond: number, kind: number): Promise<void> {
    const random = seededRandom(seed * 31 + kind);
    const startedAt = performance.now();
    for (let dueMs = nextArrivalMs(random, perSecond); dueMs < durationMs; dueMs += nextArrivalMs(random, perSecond)) {
      const waitMs = startedAt + dueMs - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal: leaving.signal });
      void begin(journey);
    }
  }

  async function run(): Promise<void> {
    const streams = arrivals.map(({ journey, perSecond }, kind) => come(journey, perSecond, kind).catch(() => {}));
    await Promise.all(streams);
    await Promise.all(journeys);
    // Two followers and a report are still open when the shop is told to stop: it has to end them properly.
    void begin(faithfulFollower);
    void begin(faithfulFollower);
    await delay(100);
    void visitors.visit({ route: "/reports/sales", path: "/reports/sales" });
    await delay(100);
  }

  return {
    quiet: run(),
    open: () => visitors.open,
    async over() {
      while (visitors.open > 0) await delay(10);
      visitors.close();
    },
    stop: () => leaving.abort(),
    abandon() {
      leaving.abort();
      visitors.abandon();
    },
  };
}
