// The breaker of the exports, for calls of your own.
import { CircuitBreaker, consecutiveFailures } from "@gossamer/core/breaker";

const breaker = new CircuitBreaker({ strategy: consecutiveFailures(2), openMs: 60_000 });
for (let i = 0; i < 3; i++) {
  const { outcome } = await breaker.run(async () => Promise.reject(new Error("down")));
  console.log(outcome);
}

// Prints:
// failed
// failed
// open
