import { Batcher } from "../queue/batcher.ts";
import { DynamicBatch, type DynamicBatchSettings } from "../queue/dynamic-batch.ts";

/** A moment of a simulated day. */
export interface DayPoint {
  readonly hour: number;
  readonly rate: number;
  readonly maxItems: number;
  readonly delayMs: number;
  /** Mean fullness of the batches since the point before; undefined when none left. */
  readonly use: number | undefined;
}

export interface SimulatedDay {
  readonly points: readonly DayPoint[];
  readonly batches: number;
  /** How many batches a fixed size of `minItems` would have made. */
  readonly fixedSmallBatches: number;
  readonly meanUse: number;
  readonly longestWaitMs: number;
  readonly dropped: number;
}

const stepMs = 100;
const daySeconds = 86_400;
const queueItems = 15_000;
const pointEverySeconds = 300;

/** Spans a second: quiet at night, two peaks, noise, and a burst of a minute each half hour. */
function rateAt(second: number, noise: number): number {
  const hour = second / 3_600;
  const day = Math.max(0, Math.sin(((hour - 6) / 24) * 2 * Math.PI)) * 700;
  const lunch = Math.exp(-((hour - 13) ** 2) / 2) * 900;
  const evening = Math.exp(-((hour - 20) ** 2) / 3) * 1_400;
  const burst = second % 1_800 < 60 ? 2 : 1;
  return (20 + day + lunch + evening) * burst * (0.8 + 0.4 * noise);
}

/** Runs a batcher whose size and delay move through a day of traffic, in steps of 100 ms, against a collector that takes all at once. */
export function simulateDay(settings: DynamicBatchSettings): SimulatedDay {
  const dynamic = new DynamicBatch(settings);
  const batcher = new Batcher(
    { maxItems: settings.maxItems, maxBytes: Number.MAX_VALUE, delayMs: settings.maxDelayMs },
    dynamic,
  );
  const points: DayPoint[] = [];
  let [seed, accepted, queued, dropped, batches, usedSum, longestWaitMs, owed] = [1, 0, 0, 0, 0, 0, 0, 0];
  let [pointUse, pointBatches] = [0, 0];
  let oldestMs: number | undefined;
  let rate = 0;
  for (let nowMs = 0; nowMs < daySeconds * 1_000; nowMs += stepMs) {
    if (nowMs % 1_000 === 0) {
      seed = (seed * 48_271) % 2_147_483_647;
      rate = rateAt(nowMs / 1_000, seed / 2_147_483_647);
    }
    owed += (rate * stepMs) / 1_000;
    const items = Math.floor(owed);
    owed -= items;
    accepted += items;
    const fits = Math.min(items, queueItems - queued);
    dropped += items - fits;
    queued += fits;
    if (queued > 0) oldestMs ??= nowMs;
    dynamic.look({ accepted, use: queued / queueItems }, nowMs);
    while (batcher.leavesAtMs({ items: queued, bytes: 0, oldestMs }, nowMs) <= nowMs) {
      const batch = Math.min(queued, batcher.maxItems);
      longestWaitMs = Math.max(longestWaitMs, nowMs - (oldestMs ?? nowMs));
      usedSum += batch / batcher.maxItems;
      pointUse += batch / batcher.maxItems;
      batches++;
      pointBatches++;
      queued -= batch;
      oldestMs = queued > 0 ? nowMs : undefined;
    }
    if (nowMs % (pointEverySeconds * 1_000) === 0) {
      const use = pointBatches === 0 ? undefined : pointUse / pointBatches;
      points.push({ hour: nowMs / 3_600_000, rate, maxItems: dynamic.maxItems, delayMs: dynamic.delayMs, use });
      pointUse = 0;
      pointBatches = 0;
    }
  }
  return {
    points,
    batches,
    fixedSmallBatches: Math.ceil(accepted / settings.minItems),
    meanUse: usedSum / batches,
    longestWaitMs,
    dropped,
  };
}
