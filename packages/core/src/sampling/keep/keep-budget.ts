import type { Route } from "../../model/route.ts";
import { TokenBucket } from "../threshold/token-bucket.ts";

const routeIntervalMs = 1_000;

/**
 * Bounds what is kept beyond sampling: so many a second in the process, and in any case one a route a second.
 *
 * The routes without a number of their own (nothing matched, or more routes than the table holds) count as one. Memory is one number a route.
 */
export class KeepBudget {
  /** 0 while it is paused. */
  #maxPerSecond: number;
  #chosen: number;
  #isPaused = false;
  #process: TokenBucket;
  /** By route id + 1; index 0 is every route without a number. */
  readonly #lastKeptAt: number[] = [];

  /** @param maxPerSecond 0 keeps nothing at all. */
  constructor(maxPerSecond: number) {
    this.#maxPerSecond = this.#chosen = maxPerSecond;
    this.#process = new TokenBucket(maxPerSecond);
  }

  get maxPerSecond(): number {
    return this.#maxPerSecond;
  }

  change(maxPerSecond: number): void {
    if (maxPerSecond === this.#chosen) return;
    this.#chosen = maxPerSecond;
    this.#process = new TokenBucket(maxPerSecond);
    this.pause(this.#isPaused);
  }

  /** Keeps nothing for a while; what was spent before stays spent. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#maxPerSecond = isPaused ? 0 : this.#chosen;
  }

  /** Takes one keep for the route. Answers whether there was one left. */
  take(route: Route | undefined, nowMs: number): boolean {
    if (this.#maxPerSecond === 0) return false;
    const index = route === undefined ? 0 : route.id + 1;
    if (!this.#process.take(1, nowMs) && nowMs - this.#lastOf(index) < routeIntervalMs) return false;
    this.#lastKeptAt[index] = nowMs;
    return true;
  }

  #lastOf(index: number): number {
    while (this.#lastKeptAt.length <= index) this.#lastKeptAt.push(Number.NEGATIVE_INFINITY);
    return this.#lastKeptAt[index]!;
  }
}
