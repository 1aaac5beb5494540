import { backoffMs, type BackoffSettings } from "./retry.ts";

const reconnect: BackoffSettings = { initialMs: 500, maxMs: 15_000 };

/** Knows when the next try at a collector may begin, for all batches that go there: after the pause it asked for, and after the backoff while it cannot be reached. */
export class Reachability {
  readonly #random: () => number;
  #askedUntilMs = -Infinity;
  #backoffUntilMs = -Infinity;
  #failedAtMs = -Infinity;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The moment the next try may begin; it may have passed. */
  get readyAtMs(): number {
    return Math.max(this.#askedUntilMs, this.#backoffUntilMs);
  }

  /** Whether the last try did not reach it: then one batch at a time finds out. */
  get unreachable(): boolean {
    return this.#failures > 0;
  }

  /** A connection failed. Tries that began before the last failure was known belong to it and lengthen nothing. */
  failed(triedMs: number, nowMs: number): void {
    if (triedMs < this.#failedAtMs) return;
    this.#failedAtMs = nowMs;
    this.#failures++;
    this.#backoffUntilMs = nowMs + backoffMs(this.#failures, reconnect, this.#random);
  }

  /** It answered, whatever it said. */
  reached(): void {
    this.#failures = 0;
    this.#backoffUntilMs = -Infinity;
  }

  askedToWait(ms: number, nowMs: number): void {
    this.#askedUntilMs = Math.max(this.#askedUntilMs, nowMs + ms);
  }

  /** Somebody waits for a flush: the backoff starts over with a try at once. A pause that the collector asked for stays. */
  hurry(): void {
    this.#backoffUntilMs = -Infinity;
    this.#failures = Math.min(this.#failures, 1);
  }
}
