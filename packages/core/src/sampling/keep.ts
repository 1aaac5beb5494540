import type { AttributeValue } from "../model/attributes.ts";
import type { Decision } from "../model/decision.ts";
import type { Route } from "../model/route.ts";
import type { Tally } from "../tally/tally.ts";
import { KeepBudget } from "./keep-budget.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** How a request ended, as far as keeping looks at it. */
export interface KeepFacts {
  /** The status that was sent; undefined when none was. */
  readonly statusCode: number | undefined;
  /** Whether something was thrown. Answered with a 4xx, it was meant, and is no error. */
  readonly failed: boolean;
  /** Whether the whole response was handed over. */
  readonly completed: boolean;
  /** Whether the response was a stream. A client that leaves one after its headers ends it normally. */
  readonly isStream: boolean;
  /** The duration that is measured; of a stream the time to its headers. */
  readonly durationMs: number;
  /** The lower 32 bits of R: a share of the keeps is chosen by them, because sampling looked at the upper ones. */
  readonly randomLow: number;
}

/** What the policy reads at the start of a request. `SamplingFacts` fits. */
export interface HintFacts {
  readonly randomLow: number;
  attribute(key: string): AttributeValue | undefined;
}

export interface KeepSettings {
  /** The share of failed requests that is kept, from 0 to 1. */
  readonly errors: number;
  /** The share of aborted requests that is kept, from 0 to 1. */
  readonly aborted: number;
  /** A request that takes at least this long is slow. */
  readonly slowerThanMs: number;
  /** The share of slow requests that is kept, from 0 to 1. */
  readonly slow: number;
  /** Keeps a second in the process; a route may have one a second beyond it. 0 keeps nothing. */
  readonly maxPerSecond: number;
  /** The bound over all spans, when there is one. */
  readonly spanLimit?: TokenBucket | undefined;
}

/** The attribute that announces how long a request is going to take, in milliseconds. */
const expectedDurationKey = "expected_duration_ms";
/** The attribute that announces, as `true`, that a request is worth keeping as an error. */
const expectedErrorKey = "error";

/**
 * Keeps requests that were not sampled and turned out to matter: failed, aborted or slow.
 *
 * What matters but exceeds the bounds is a drop, counted by `error`, `aborted`, `slow`, `hint` or `span-limit`. A route with `trace: false` is
 * never kept. A kept request carries no threshold: it was not chosen by R.
 */
export class KeepPolicy {
  readonly #settings: KeepSettings;
  readonly #budget: KeepBudget;
  readonly #drops: Tally;
  readonly #error: Decision;
  readonly #aborted: Decision;
  readonly #slow: Decision;
  readonly #hint: Decision = Object.freeze({ sampled: true, reason: "hint" });

  constructor(settings: KeepSettings, drops: Tally) {
    this.#settings = settings;
    this.#budget = new KeepBudget(settings.maxPerSecond);
    this.#drops = drops;
    this.#error = Object.freeze({ sampled: true, reason: "error", ratio: settings.errors });
    this.#aborted = Object.freeze({ sampled: true, reason: "aborted", ratio: settings.aborted });
    this.#slow = Object.freeze({ sampled: true, reason: "slow", ratio: settings.slow });
  }

  /** Whether a request of this route could still be kept. Without a route: whether any could. */
  couldKeep(route: Route | undefined): boolean {
    const { errors, aborted, slow, maxPerSecond } = this.#settings;
    return maxPerSecond > 0 && (errors > 0 || aborted > 0 || slow > 0) && !isUntraced(route);
  }

  /** The decision to keep a request that ended, or undefined. Called once a request, when it was not sampled. */
  keep(facts: KeepFacts, route: Route | undefined, nowMs: number): Decision | undefined {
    const decision = this.#cause(facts, route);
    if (decision === undefined || isUntraced(route)) return undefined;
    return this.#admit(decision, route, nowMs);
  }

  /** Whether a request says at its start that it is going to be slow or wrong, so that {@link keepAtStart} is worth a look at the clock. */
  isAnnounced(facts: HintFacts): boolean {
    const { errors, slow, slowerThanMs } = this.#settings;
    if (slow > 0) {
      const expectedMs = facts.attribute(expectedDurationKey);
      if (typeof expectedMs === "number" && expectedMs >= slowerThanMs && isChosen(slow, facts.randomLow)) return true;
    }
    return errors > 0 && facts.attribute(expectedErrorKey) === true && isChosen(errors, facts.randomLow);
  }

  /** The decision to keep a request that {@link isAnnounced}, or undefined. */
  keepAtStart(route: Route | undefined, nowMs: number): Decision | undefined {
    return isUntraced(route) ? undefined : this.#admit(this.#hint, route, nowMs);
  }

  #cause(facts: KeepFacts, route: Route | undefined): Decision | undefined {
    const { errors, aborted, slow } = this.#settings;
    const { randomLow } = facts;
    if (isError(facts) && isChosen(errors, randomLow)) return this.#error;
    if (isAborted(facts) && isChosen(aborted, randomLow)) return this.#aborted;
    if (facts.durationMs >= this.#slowerThanMs(route) && isChosen(slow, randomLow)) return this.#slow;
    return undefined;
  }

  #slowerThanMs(route: Route | undefined): number {
    return route?.options.slowerThanMs ?? this.#settings.slowerThanMs;
  }

  #admit(decision: Decision, route: Route | undefined, nowMs: number): Decision | undefined {
    const { spanLimit } = this.#settings;
    if (!this.#budget.take(route, nowMs)) {
      this.#drops.add(decision.reason);
      return undefined;
    }
    if (spanLimit !== undefined && !spanLimit.take(1, nowMs)) {
      this.#drops.add("span-limit");
      return undefined;
    }
    return decision;
  }
}

function isError({ statusCode, failed }: KeepFacts): boolean {
  if (statusCode !== undefined && statusCode >= 400) return statusCode >= 500;
  return failed;
}

function isAborted({ completed, isStream, statusCode }: KeepFacts): boolean {
  return !completed && !(isStream && statusCode !== undefined);
}

function isUntraced(route: Route | undefined): boolean {
  return route !== undefined && route.options.trace === false;
}

function isChosen(ratio: number, randomLow: number): boolean {
  return randomLow >>> 0 < ratio * 2 ** 32;
}
