import * as checks from "../../model/checks/checks.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";

/** Says when a closed breaker opens. Told of every call; starts anew each time the breaker closes. */
export interface BreakerStrategy {
  succeeded(nowMs: number): void;
  /** Whether the breaker opens now. */
  failed(nowMs: number): boolean;
  reset(): void;
  /** Why it opens, for the operator: `5 failures in a row`. */
  readonly reason: string;
}

export interface FailureRatio {
  /** The share of calls that fail, above 0 to 1, from which it opens. */
  readonly ratio: number;
  readonly windowMs: number;
  /** It never opens on fewer calls in the window. */
  readonly minCalls: number;
}

const slots = 10;

const failureRatioChecks: MemberChecks<FailureRatio> = {
  ratio: checks.aboveZero(1),
  windowMs: checks.aboveZero(),
  minCalls: checks.number(0),
};

/** Of a strategy that anybody wrote. It is kept as it is. */
export const strategyCheck: checks.Check<BreakerStrategy> = checks.having("succeeded", "failed", "reset");

/** Opens after so many failures without a success between them. Throws an `OptionError` below 1. */
export function consecutiveFailures(threshold: number): BreakerStrategy {
  checks.number(1).validate(threshold, "consecutiveFailures");
  let failures = 0;
  return {
    reason: `${threshold} failures in a row`,
    succeeded: () => {
      failures = 0;
    },
    failed: () => ++failures >= threshold,
    reset: () => {
      failures = 0;
    },
  };
}

/**
 * Opens when too large a share of the calls of the last window failed. Counts in ten slots that are taken again as they grow old. Throws an
 * `OptionError` for what is no such number.
 */
export function failureRatio(settings: FailureRatio): BreakerStrategy {
  const { ratio, windowMs, minCalls } = readOptions(settings, "failureRatio", failureRatioChecks, [
    "ratio",
    "windowMs",
    "minCalls",
  ]);
  const slotMs = windowMs / slots;
  const calls = new Float64Array(slots);
  const failures = new Float64Array(slots);
  const turns = new Float64Array(slots).fill(-1);

  function slot(nowMs: number): number {
    const turn = Math.floor(nowMs / slotMs);
    const at = ((turn % slots) + slots) % slots;
    if (turns[at] !== turn) {
      turns[at] = turn;
      calls[at] = 0;
      failures[at] = 0;
    }
    return at;
  }

  return {
    reason: `${Math.round(ratio * 100)} % of the calls within ${windowMs} ms failed`,
    succeeded(nowMs) {
      calls[slot(nowMs)]!++;
    },
    failed(nowMs) {
      const at = slot(nowMs);
      calls[at]!++;
      failures[at]!++;
      const oldest = Math.floor(nowMs / slotMs) - slots;
      let called = 0;
      let failed = 0;
      for (let i = 0; i < slots; i++) {
        if (turns[i]! <= oldest) continue;
        called += calls[i]!;
        failed += failures[i]!;
      }
      return called >= minCalls && failed >= ratio * called;
    },
    reset() {
      turns.fill(-1);
    },
  };
}

/** Opens as soon as one of the strategies would. Throws an `OptionError` for what is none. */
export function anyOf(...strategies: readonly BreakerStrategy[]): BreakerStrategy {
  strategies.forEach((strategy, i) => strategyCheck.validate(strategy, `anyOf[${i}]`));
  let reason = strategies.map((strategy) => strategy.reason).join(" or ");
  return {
    get reason() {
      return reason;
    },
    succeeded(nowMs) {
      for (const strategy of strategies) strategy.succeeded(nowMs);
    },
    failed(nowMs) {
      // All of them count, also behind the first that opens.
      const opening = strategies.filter((strategy) => strategy.failed(nowMs));
      if (opening[0] !== undefined) reason = opening[0].reason;
      return opening.length > 0;
    },
    reset() {
      for (const strategy of strategies) strategy.reset();
    },
  };
}
