import type { AttributeValue } from "../../model/attributes.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { Route } from "../../model/route.ts";
import { Tally } from "../../tally/tally.ts";
import { KeepBudget } from "./keep-budget.ts";
import { KeepTerms, type KeepTermsSettings } from "./keep-terms.ts";
import type { TokenBucket } from "../threshold/token-bucket.ts";

/** How a request ended, as far as keeping looks at it. */
export interface KeepFacts {
  /** The status that was sent; undefined when none was. */
  readonly statusCode: number | undefined;
  /** Whether something was thrown. Answered with a 4xx, it was meant, and is no error. */
  readonly failed: boolean;
  /** Whether the whole response was handed over; of a stream also where its client left it after its headers, which ends it normally. */
  readonly completed: boolean;
  /** The duration that is measured; of a stream the time to its headers. */
  readonly durationMs: number;
  /** The lower 32 bits of R: a share of the keeps is chosen by them, because sampling looked at the upper ones. Read only where there is a cause. */
  readonly randomLow: number;
}

/** What the policy reads at the start of a request. `SamplingFacts` fits. */
export interface HintFacts {
  readonly randomLow: number;
  attribute(key: string): AttributeValue | undefined;
}

export interface KeepSettings extends KeepTermsSettings {
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
 * What matters but exceeds the bounds is a drop, counted by `error`, `aborted`, `slow`, `hint` or `span-limit`, behind the rule's name where a rule
 * says what is kept. A route with `trace: false` is never kept. A kept request carries no threshold: it was not chosen by R.
 */
export class KeepPolicy {
  /** How many were kept, by rule and reason. */
  readonly kept: Tally = new Tally(maxLabels);
  readonly #settings: KeepSettings;
  readonly #budget: KeepBudget;
  readonly #drops: Tally;
  #terms: KeepTerms;

  constructor(settings: KeepSettings, drops: Tally) {
    this.#settings = settings;
    this.#budget = new KeepBudget(settings.maxPerSecond);
    this.#drops = drops;
    this.#terms = new KeepTerms(settings);
  }

  /** The terms that hold where no rule has its own. */
  get terms(): KeepTerms {
    return this.#terms;
  }

  /** Other terms, and another bound, from now on. What was spent a moment ago stays spent. */
  change(settings: KeepTermsSettings & { readonly maxPerSecond: number }): void {
    this.#terms = new KeepTerms(settings);
    this.#budget.change(settings.maxPerSecond);
  }

  /** Keeps nothing for a while, or again as before. */
  pause(isPaused: boolean): void {
    this.#budget.pause(isPaused);
  }

  /** Whether a request of this route could still be kept. Without a route: whether any could. */
  couldKeep(route: Route | undefined, terms: KeepTerms = this.#terms): boolean {
    return this.#budget.maxPerSecond > 0 && terms.isAny && !isUntraced(route);
  }

  /** Whether a request took so long that this could be why it is kept. One that did not fail and is not slow never is. */
  isSlow(durationMs: number, route: Route | undefined, terms: KeepTerms = this.#terms): boolean {
    return durationMs >= (route?.options.slowerThanMs ?? terms.slowerThanMs);
  }

  /** The decision to keep a request that ended, or undefined. Called once a request, when it was not sampled. */
  keep(
    facts: KeepFacts,
    route: Route | undefined,
    nowMs: number,
    terms: KeepTerms = this.#terms,
  ): Decision | undefined {
    const decision = cause(facts, terms, route?.options.slowerThanMs);
    if (decision === undefined || isUntraced(route)) return undefined;
    return this.#admit(decision, route, nowMs, terms);
  }

  /** Whether a request says at its start that it is going to be slow or wrong, so that {@link keepAtStart} is worth a look at the clock. */
  isAnnounced(facts: HintFacts, terms: KeepTerms = this.#terms): boolean {
    const { errors, slow, slowerThanMs } = terms;
    if (slow > 0) {
      const expectedMs = facts.attribute(expectedDurationKey);
      if (typeof expectedMs === "number" && expectedMs >= slowerThanMs && isChosen(slow, facts.randomLow)) return true;
    }
    return errors > 0 && facts.attribute(expectedErrorKey) === true && isChosen(errors, facts.randomLow);
  }

  /** The decision to keep a request that {@link isAnnounced}, or undefined. */
  keepAtStart(route: Route | undefined, nowMs: number, terms: KeepTerms = this.#terms): Decision | undefined {
    return isUntraced(route) ? undefined : this.#admit(terms.hint, route, nowMs, terms);
  }

  #admit(decision: Decision, route: Route | undefined, nowMs: number, terms: KeepTerms): Decision | undefined {
    const { spanLimit } = this.#settings;
    const isWithin = (terms.bucket?.take(1, nowMs) ?? true) && this.#budget.take(route, nowMs);
    if (!isWithin) {
      this.#drops.add(terms.label(decision.reason));
      return undefined;
    }
    if (spanLimit !== undefined && !spanLimit.take(1, nowMs)) {
      this.#drops.add(terms.label("span-limit"));
      return undefined;
    }
    this.kept.add(terms.label(decision.reason));
    return decision;
  }
}

/** Reasons of each of a thousand rules. */
const maxLabels = 5_000;

function cause(facts: KeepFacts, terms: KeepTerms, slowerThanMs = terms.slowerThanMs): Decision | undefined {
  if (isError(facts) && isChosen(terms.errors, facts.randomLow)) return terms.error;
  if (!facts.completed && isChosen(terms.aborted, facts.randomLow)) return terms.abort;
  if (facts.durationMs >= slowerThanMs && isChosen(terms.slow, facts.randomLow)) return terms.slowness;
  return undefined;
}

function isError({ statusCode, failed }: KeepFacts): boolean {
  if (statusCode !== undefined && statusCode >= 400) return statusCode >= 500;
  return failed;
}

function isUntraced(route: Route | undefined): boolean {
  return route !== undefined && route.options.trace === false;
}

function isChosen(ratio: number, randomLow: number): boolean {
  return randomLow >>> 0 < ratio * 2 ** 32;
}
