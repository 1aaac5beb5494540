/**
 * Defaults of `docs/presets.md` for parts whose options are declared where the part is built. Whoever declares one takes its number from
 * here, so that page, test and option cannot part.
 */
export const defaultNumbers = {
  adaptive: { minRatio: 0.01, maxRatio: 1, targetPerSecond: 1_000, adjustEveryMs: 60_000 },
  priority: { critical: 1, high: 0.5, normal: 0.1, low: 0.01, default: 0.1 },
  tiered: { root: 0.1, child: 0.01, deep: 0.001, minDepth: 5 },
  rolloutRatio: 0.01,
  queue: { overflow: "drop-oldest", warningRatio: 0.8 },
  dynamicBatching: { minBatch: 128, maxBatch: 4_096, minDelayMs: 1_000, maxDelayMs: 10_000, targetUse: 0.7 },
  queueSize: { safety: 1.5, min: 100, max: 50_000 },
  lanes: { errors: 1_000, errorsDelayMs: 1_000, jobs: 4_500, jobsDelayMs: 60_000 },
  sender: { idleMs: 90_000, connectMs: 10_000 },
  breaker: {
    consecutiveFailures: 5,
    failureRatio: 0.5,
    minCalls: 10,
    windowMs: 10_000,
    openMs: 60_000,
    probes: 10,
    successes: 3,
  },
  fallback: "drop",
  libraryLogLevel: "warn",
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
