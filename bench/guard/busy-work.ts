const trialTurns = 1_000_000;
const trials = 15;

let state = 1;

function spin(turns: number): void {
  let x = state;
  for (let i = 0; i < turns; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
  state = x;
}

/**
 * Work that takes that many microseconds of a processor that nobody disturbs.
 *
 * It counts turns of a loop, calibrated by the quickest of some trials: a clock read in each request would cost more than it tells.
 */
export function busyWork(micros: number): () => void {
  let quickestMs = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < trials; trial++) {
    const before = performance.now();
    spin(trialTurns);
    quickestMs = Math.min(quickestMs, performance.now() - before);
  }
  const turns = Math.round((micros * trialTurns) / (quickestMs * 1000));
  return () => spin(turns);
}
