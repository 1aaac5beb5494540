import * as checks from "../../model/checks/checks.ts";
import { checkOrder } from "../../model/checks/option-error.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import type { Breaker } from "./breaker.ts";
import { anyOf, type BreakerStrategy, consecutiveFailures, failureRatio, strategyCheck } from "./breaker-strategies.ts";

export type BreakerStateName = "closed" | "open" | "half-open";

/** A change of a breaker's state. */
export interface BreakerChange {
  readonly from: BreakerStateName;
  readonly to: BreakerStateName;
  /** Why, in words: `5 failures in a row`. */
  readonly reason: string;
  /** How long it stays open; 0 in any other state. */
  readonly openMs: number;
}

export interface CircuitBreakerOptions {
  /** When it opens. @default 5 failures in a row, or half of at least 10 calls within 10 s */
  readonly strategy?: BreakerStrategy | undefined;
  /** How long it stays open, of which a random fifth more or less keeps processes apart, in ms. @default 60000 */
  readonly openMs?: number | undefined;
  /** Maximum trial calls while half-open, one at a time. @default 10 */
  readonly trials?: number | undefined;
  /** It closes after so many good trial calls, and opens again as soon as the trial calls left cannot bring as many. @default 3 */
  readonly goodTrials?: number | undefined;
  /** Told of every change, after it; may throw. */
  readonly onChange?: ((change: BreakerChange) => void) | undefined;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: (() => number) | undefined;
  /** From 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

const breakerChecks: MemberChecks<CircuitBreakerOptions> = {
  strategy: strategyCheck,
  openMs: checks.number(0),
  trials: checks.number(1),
  goodTrials: checks.number(1),
  onChange: checks.callable(),
  now: checks.callable(),
  random: checks.callable(),
};

/** How a call through a breaker ended. `open`: it was not made. */
export type BreakerResult<T> =
  | { readonly outcome: "succeeded"; readonly value: T }
  | { readonly outcome: "failed"; readonly error: unknown }
  | { readonly outcome: "open"; readonly readyAtMs: number };

type State =
  | { readonly name: "closed" }
  | { readonly name: "open"; readonly untilMs: number }
  | { readonly name: "half-open"; readonly good: number; readonly bad: number; readonly trying: boolean };

const closed: State = { name: "closed" };
const jitter = 0.2;

/**
 * Stops calls to something that keeps failing, and lets single trial calls through after a while.
 *
 * Holds no timer: it looks at the time when it is asked. Useful alone: `run` makes a call, or does not, and never throws.
 */
export class CircuitBreaker implements Breaker {
  readonly #strategy: BreakerStrategy;
  readonly #openMs: number;
  readonly #trials: number;
  readonly #goodTrials: number;
  readonly #onChange: ((change: BreakerChange) => void) | undefined;
  readonly #now: () => number;
  readonly #random: () => number;
  #state: State = closed;
  #changes = 0;

  /** Throws an `OptionError` for a wrong value or an unknown name. */
  constructor(options: CircuitBreakerOptions = {}) {
    const given = readOptions(options, "breaker", breakerChecks);
    const { openMs = 60_000, trials = 10, goodTrials = 3 } = given;
    checkOrder("breaker", { goodTrials, trials }, "goodTrials", "trials");
    this.#strategy =
      given.strategy ?? anyOf(consecutiveFailures(5), failureRatio({ ratio: 0.5, windowMs: 10_000, minCalls: 10 }));
    this.#openMs = openMs;
    this.#trials = trials;
    this.#goodTrials = goodTrials;
    this.#onChange = given.onChange;
    this.#now = given.now ?? (() => performance.now());
    this.#random = given.random ?? Math.random;
  }

  /** The state at its last call: it turns half-open only when it is asked for a call. */
  get state(): BreakerStateName {
    return this.#state.name;
  }

  /** Changes of state so far. */
  get changes(): number {
    return this.#changes;
  }

  get readyAtMs(): number {
    const state = this.#state;
    if (state.name === "open") return state.untilMs;
    return state.name === "half-open" && state.trying ? Infinity : -Infinity;
  }

  /** Whether a call may be made now. After a `true`, tell how it ended: until then no other trial call is allowed. */
  allows(nowMs: number): boolean {
    const state = this.#state;
    if (state.name === "closed") return true;
    if (state.name === "half-open" && state.trying) return false;
    if (state.name === "open") {
      if (nowMs < state.untilMs) return false;
      this.#change({ name: "half-open", good: 0, bad: 0, trying: true }, "the open time is over");
      return true;
    }
    this.#state = { ...state, trying: true };
    return true;
  }

  succeeded(nowMs: number): void {
    const state = this.#state;
    if (state.name === "closed") {
      this.#strategy.succeeded(nowMs);
      return;
    }
    // A call from before it opened says nothing of now.
    if (state.name === "open" || !state.trying) return;
    const good = state.good + 1;
    if (good < this.#goodTrials) {
      this.#state = { ...state, good, trying: false };
      return;
    }
    this.#strategy.reset();
    this.#change(closed, `${good} good trial calls`);
  }

  failed(nowMs: number): void {
    const state = this.#state;
    if (state.name === "closed") {
      if (this.#strategy.failed(nowMs)) this.#open(nowMs, this.#strategy.reason);
      return;
    }
    if (state.name === "open" || !state.trying) return;
    const bad = state.bad + 1;
    if (this.#trials - bad >= this.#goodTrials) this.#state = { ...state, bad, trying: false };
    else this.#open(nowMs, `${bad} failed trial calls`);
  }

  /** Ends an open time at once: the next call is a trial call. */
  hurry(): void {
    if (this.#state.name === "open") this.#state = { name: "open", untilMs: -Infinity };
  }

  /** Makes a call if it may be made. Never throws or rejects: a failure is an answer. */
  async run<T>(call: () => T | PromiseLike<T>): Promise<BreakerResult<T>> {
    if (!this.allows(this.#now())) return { outcome: "open", readyAtMs: this.readyAtMs };
    try {
      const value = await call();
      this.succeeded(this.#now());
      return { outcome: "succeeded", value };
    } catch (error) {
      this.failed(this.#now());
      return { outcome: "failed", error };
    }
  }

  #open(nowMs: number, reason: string): void {
    const openMs = this.#openMs * (1 - jitter + 2 * jitter * this.#random());
    this.#change({ name: "open", untilMs: nowMs + openMs }, reason, openMs);
  }

  #change(state: State, reason: string, openMs = 0): void {
    const from = this.#state.name;
    this.#state = state;
    this.#changes++;
    try {
      this.#onChange?.({ from, to: state.name, reason, openMs });
    } catch {
      // Whoever listens must not decide whether a call is made.
    }
  }
}
