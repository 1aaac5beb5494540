import { withCode } from "../../model/codes.ts";

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

/** Opens after so many failures without a success between them. Throws a RangeError below 1. */
export function consecutiveFailures(threshold: number): BreakerStrategy {
  if (!(threshold >= 1))
    throw withCode(new RangeError(`consecutiveFailures must be at least 1, got ${threshold}`), "GSM_OPTION_RANGE");
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

/** Opens when too large a share of the calls of the last window failed. Counts in ten slots that are taken again as they grow old. */
export function failureRatio(settings: FailureRatio): BreakerStrategy {
  const { ratio, windowMs, minCalls } = settings;
  if (!(ratio > 0 && ratio <= 1))
    throw withCode(new RangeError(`failureRatio must be above 0 and at most 1, got ${ratio}`), "GSM_OPTION_RANGE");
  if (!(windowMs > 0)) throw withCode(new RangeError(`windowMs must be above 0, got ${windowMs}`), "GSM_OPTION_RANGE");
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

/** Opens as soon as one of the strategies would. */
export function anyOf(...strategies: readonly BreakerStrategy[]): BreakerStrategy {
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
