/**
 * One end of a process has one deadline, however many ask for it one after the other: a signal, a framework that closes, the signal again.
 *
 * Holds no timer. What was delivered in time is no end of anything: whoever comes next has the whole deadline again.
 */
export class EndingBudget {
  readonly #deadlineMs: number;
  readonly #now: () => number;
  #sinceMs = -Infinity;

  constructor(deadlineMs: number, now: () => number) {
    this.#deadlineMs = deadlineMs;
    this.#now = now;
  }

  /**
   * How long whoever asks now may wait: the first `firstMs` and no longer than the deadline, those after it what is left of it. Twice the deadline after the first the process
   * has lived on, and it begins anew.
   */
  leftMs(firstMs: number = this.#deadlineMs): number {
    const nowMs = this.#now();
    if (nowMs - this.#sinceMs > 2 * this.#deadlineMs) {
      this.#sinceMs = nowMs;
      return Math.min(firstMs, this.#deadlineMs);
    }
    return Math.max(0, this.#sinceMs + this.#deadlineMs - nowMs);
  }

  delivered(): void {
    this.#sinceMs = -Infinity;
  }
}
