// Stops calls to something that keeps failing. Stands alone.
export {
  CircuitBreaker,
  type BreakerChange,
  type BreakerResult,
  type CircuitBreakerOptions,
} from "./pipeline/breaker/circuit-breaker.ts";
export {
  anyOf,
  consecutiveFailures,
  failureRatio,
  type BreakerStrategy,
} from "./pipeline/breaker/breaker-strategies.ts";
export type { BreakerEvent } from "./pipeline/breaker/breaker-log.ts";
