export interface BackoffSettings {
  readonly initialMs: number;
  readonly maxMs: number;
}

export interface RetrySettings extends BackoffSettings {
  /** Tries a batch, the first included. */
  readonly attempts: number;
  /** From the first try to the start of the last, apart from any try's own deadline. */
  readonly totalMs: number;
}

export interface FailedTry {
  /** From 1. */
  readonly attempt: number;
  /** Since the first try began. */
  readonly elapsedMs: number;
  /** How long the collector asked to be left alone; undefined when it did not. */
  readonly askedMs: number | undefined;
}

/**
 * What comes after a failed try: the next one, the batch given up, or the batch put back into its lane because the collector asked for a
 * longer pause than one batch may take.
 */
export type RetryStep =
  | { readonly step: "again"; readonly afterMs: number }
  | { readonly step: "give-up" }
  | { readonly step: "put-back" };

/** The pause after the n-th failure in a row: doubles from `initialMs` to `maxMs`, of which the random half keeps processes apart. `random` gives 0 to 1. */
export function backoffMs(failures: number, settings: BackoffSettings, random: () => number): number {
  const fullMs = Math.min(settings.maxMs, settings.initialMs * 2 ** Math.min(failures - 1, 30));
  return fullMs * (0.5 + random() / 2);
}

/** Decides on a failed try, by attempts and by time. Never sooner than the collector asked for. */
export function nextStep(failed: FailedTry, settings: RetrySettings, random: () => number): RetryStep {
  if (failed.attempt >= settings.attempts) return { step: "give-up" };
  const ownMs = backoffMs(failed.attempt, settings, random);
  const askedMs = failed.askedMs ?? 0;
  const afterMs = Math.max(ownMs, askedMs);
  if (failed.elapsedMs + afterMs <= settings.totalMs) return { step: "again", afterMs };
  return askedMs > ownMs ? { step: "put-back" } : { step: "give-up" };
}
