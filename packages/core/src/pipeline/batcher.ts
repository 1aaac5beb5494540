/** What waits to leave: chunks in the lane and what is still being written, together. */
export interface Waiting {
  readonly items: number;
  readonly bytes: number;
  /** When the oldest item was written, monotonic; undefined when nothing waits. */
  readonly oldestMs: number | undefined;
}

export interface BatchSettings {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** How long an item waits at most for others to join it. */
  readonly delayMs: number;
}

/** Decides when a batch leaves: as soon as it is full, or when its oldest item has waited long enough. Holds no timer: the caller passes the time. */
export class Batcher {
  readonly settings: BatchSettings;

  constructor(settings: BatchSettings) {
    this.settings = settings;
  }

  isFull(waiting: { readonly items: number; readonly bytes: number }): boolean {
    return waiting.items >= this.settings.maxItems || waiting.bytes >= this.settings.maxBytes;
  }

  /** When the batch leaves if nothing joins it: a moment that may have passed, `nowMs` when it is full, Infinity when nothing waits. */
  leavesAtMs(waiting: Waiting, nowMs: number): number {
    if (waiting.oldestMs === undefined) return Infinity;
    const dueMs = waiting.oldestMs + this.settings.delayMs;
    return this.isFull(waiting) ? Math.min(nowMs, dueMs) : dueMs;
  }
}
