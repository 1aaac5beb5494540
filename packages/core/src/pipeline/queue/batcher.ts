import * as checks from "../../model/checks/checks.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";

/** What waits to leave: chunks in the lane and what is still being written, together. */
export interface Waiting {
  readonly items: number;
  readonly bytes: number;
  /** When the oldest item was written, monotonic; undefined when nothing waits. */
  readonly oldestMs: number | undefined;
}

/** The two that may move while the process runs. */
export interface BatchSize {
  readonly maxItems: number;
  /** How long an item waits at most for others to join it. */
  readonly delayMs: number;
}

export interface BatchSettings extends BatchSize {
  readonly maxBytes: number;
}

const batchChecks: MemberChecks<BatchSettings> = {
  // A queue of one has room for half of one.
  maxItems: checks.aboveZero(),
  maxBytes: checks.aboveZero(),
  delayMs: checks.number(0),
};

/**
 * Decides when a batch leaves: as soon as it is full, or when its oldest item has waited long enough. Holds no timer: the caller passes the time.
 */
export class Batcher {
  readonly settings: BatchSettings;
  /** Reads size and delay anew each time, so that they may move; never above those of the settings. */
  readonly #size: BatchSize;

  /** Throws an `OptionError` for what is no such size. */
  constructor(settings: BatchSettings, size: BatchSize = settings) {
    this.settings = readOptions(settings, "batcher", batchChecks, ["maxItems", "maxBytes", "delayMs"]);
    // It may move, so that it is kept as it is.
    for (const name of ["maxItems", "delayMs"] as const)
      batchChecks[name].validate((size as BatchSize | null)?.[name], `batcher.size.${name}`);
    this.#size = size;
  }

  get maxItems(): number {
    return Math.min(this.settings.maxItems, this.#size.maxItems);
  }

  get delayMs(): number {
    return this.#size.delayMs;
  }

  isFull(waiting: { readonly items: number; readonly bytes: number }): boolean {
    return waiting.items >= this.maxItems || waiting.bytes >= this.settings.maxBytes;
  }

  /** When the batch leaves if nothing joins it: a moment that may have passed, `nowMs` when it is full, Infinity when nothing waits. */
  leavesAtMs(waiting: Waiting, nowMs: number): number {
    if (waiting.oldestMs === undefined) return Infinity;
    const dueMs = waiting.oldestMs + this.delayMs;
    return this.isFull(waiting) ? Math.min(nowMs, dueMs) : dueMs;
  }
}
