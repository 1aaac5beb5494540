import { median } from "./bootstrap.ts";
import { Comparison } from "./comparison.ts";

/**
 * Compares processes by the median of their slices.
 *
 * V8 collects everything about once in 60,000 requests of a bare service, at 30 ms: in one slice of some processes and in none of others. What
 * collections cost is the part `garbage`.
 */
export function compareProcesses(measured: ConstructorParameters<typeof Comparison>[0]): Comparison {
  return new Comparison(measured, undefined, median);
}
