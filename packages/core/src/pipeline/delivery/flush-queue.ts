import type { StartTimer } from "../time/timers.ts";

interface Flush {
  readonly order: number;
  readonly untilMs: number;
  readonly answer: (done: boolean) => void;
}

/** What is left to send, as far as somebody who waits for it needs to know. */
export interface Remainder {
  /** The lowest order of a chunk that waits or is on its way; Infinity when there is none. */
  readonly oldest: number;
  /** Items still being written. */
  readonly written: number;
  /** Until when nothing can leave, while nothing is on its way; undefined while something is. */
  readonly stuckUntilMs: number | undefined;
}

/** Those who wait for a flush. Each holds the process alive by one timer, no longer than its deadline. */
export class FlushQueue {
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  readonly #flushes = new Set<Flush>();

  constructor(parts: { readonly now: () => number; readonly startTimer: StartTimer }) {
    this.#now = parts.now;
    this.#startTimer = parts.startTimer;
  }

  /** Chunks below this order are waited for; 0 when none are, Infinity when all are, those to come included. */
  get order(): number {
    let order = 0;
    for (const flush of this.#flushes) order = Math.max(order, flush.order);
    return order;
  }

  /** Settles when the chunks below `order` have left (true), cannot leave in time, or the deadline passes (false). */
  add(order: number, deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waitMs = deadlineMs > 0 ? deadlineMs : 0;
      const flush: Flush = {
        order,
        untilMs: this.#now() + waitMs,
        answer: (done) => {
          stop();
          this.#flushes.delete(flush);
          resolve(done);
        },
      };
      const stop = this.#startTimer(waitMs, () => flush.answer(false), true);
      this.#flushes.add(flush);
    });
  }

  answer(remainder: Remainder): void {
    for (const flush of [...this.#flushes]) {
      const done = remainder.oldest >= flush.order && (flush.order < Infinity || remainder.written === 0);
      if (done) flush.answer(true);
      else if (remainder.stuckUntilMs !== undefined && remainder.stuckUntilMs > flush.untilMs) flush.answer(false);
    }
  }

  close(): void {
    for (const flush of [...this.#flushes]) flush.answer(false);
  }
}
