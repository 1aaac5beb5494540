/**
 * Gives out at most `ratePerSecond` tokens a second, and never more than `burst` at once.
 *
 * Starts full. Holds no timer: the caller passes the time, in milliseconds on a monotonic scale; a time before the last one counts as the last.
 */
export class TokenBucket {
  readonly #ratePerMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number | undefined;

  /**
   * @param ratePerSecond from 0
   * @param burst from 0 @default one second's worth, and at least one
   */
  constructor(ratePerSecond: number, burst: number = ratePerSecond === 0 ? 0 : Math.max(1, ratePerSecond)) {
    this.#ratePerMs = ratePerSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes `count` tokens, all or none. Answers whether it did. */
  take(count: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (!(this.#tokens >= count)) return false;
    this.#tokens -= count;
    return true;
  }

  /** How many tokens there are, without taking any. */
  left(nowMs: number): number {
    const since = this.#filledAt === undefined ? 0 : Math.max(0, nowMs - this.#filledAt);
    return Math.min(this.#burst, this.#tokens + since * this.#ratePerMs);
  }

  #fill(nowMs: number): void {
    const before = this.#filledAt;
    if (before === undefined) {
      this.#filledAt = nowMs;
    } else if (nowMs > before) {
      this.#filledAt = nowMs;
      this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - before) * this.#ratePerMs);
    }
  }
}
