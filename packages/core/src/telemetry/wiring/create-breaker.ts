import type { Settings } from "../../options/settle/settings.ts";
import { type Breaker, closedBreaker } from "../../pipeline/breaker/breaker.ts";
import { anyOf, consecutiveFailures, failureRatio } from "../../pipeline/breaker/breaker-strategies.ts";
import { type BreakerChange, CircuitBreaker } from "../../pipeline/breaker/circuit-breaker.ts";

/** The breaker of one exporter, as the settings say. */
export function createBreaker(settings: Settings, onChange: (change: BreakerChange) => void): Breaker {
  const { breaker, clock } = settings;
  if (breaker === undefined) return closedBreaker;
  const { failures, failureRatio: ratio, windowMs, minCalls, openMs, trials, goodTrials } = breaker;
  return new CircuitBreaker({
    strategy: anyOf(consecutiveFailures(failures), failureRatio({ ratio, windowMs, minCalls })),
    openMs,
    trials,
    goodTrials,
    onChange,
    now: () => clock.now(),
  });
}
