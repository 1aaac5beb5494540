/**
 * Defaults of `docs/presets.md` for parts whose options are declared where the part is built. Whoever declares one takes its number from
 * here, so that page, test and option cannot part.
 */
export const defaultNumbers = {
  memoryMonitor: { warningMb: 100, criticalMb: 500, everyMs: 60_000 },
  overhead: { targetRatio: 0.01, everyMs: 300_000, factor: 0.5, minRatio: 0.01 },
  throttler: {
    cpu: 80,
    memory: 75,
    factor: 0.5,
    everyMs: 30_000,
    loadedAt: 60,
    loadedRatio: 0.1,
    overloadedAt: 80,
    overloadedRatio: 0.05,
  },
  optimizer: { lookMs: 30_000, actMs: 300_000, latencyMs: 100, batchFactor: 0.8, ratioFactor: 0.7 },
  measure: { measured: 1_000, compared: 10_000, warmUp: 1_000 },
} as const;

/** A batch, delay and queue for what a service sends a second; the first row whose rate is not below the service's. */
export const trafficTable: readonly {
  readonly upTo: number;
  readonly batchSpans: number;
  readonly delayMs: number;
  readonly queueSpans: number | undefined;
}[] = [
  { upTo: 100, batchSpans: 256, delayMs: 10_000, queueSpans: undefined },
  { upTo: 1_000, batchSpans: 1_024, delayMs: 5_000, queueSpans: undefined },
  { upTo: Number.POSITIVE_INFINITY, batchSpans: 4_096, delayMs: 2_000, queueSpans: 16_384 },
];
