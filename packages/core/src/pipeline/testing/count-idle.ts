import { performance } from "node:perf_hooks";

/** Counts from now on for how many milliseconds this process waits for something to happen: on a busy machine the clock counts the time of others. */
export function countIdle(): () => number {
  const began = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(began).idle;
}
