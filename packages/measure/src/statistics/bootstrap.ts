/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 5000;
/** What the draw is seeded with unless somebody says otherwise. */
export const defaultSeed = 20_090_114;

/** The middle one, or the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * A statistic over rounds, with its 95 % percentile-bootstrap interval.
 *
 * Rounds are what is drawn again, because processes are what is independent: slices of one process are not. `statistic` is given the numbers
 * of the rounds it shall look at. The same rounds give the same interval: the draw is seeded.
 */
export function bootstrap(
  rounds: number,
  statistic: (chosen: readonly number[]) => number,
  seed: number = defaultSeed,
): Estimate {
  return bootstrapApart([rounds], ([chosen = []]) => statistic(chosen), seed);
}

/** The same over runs that have nothing to do with each other: the rounds of each are drawn by themselves. */
export function bootstrapApart(
  runs: readonly number[],
  statistic: (chosen: readonly (readonly number[])[]) => number,
  seed: number = defaultSeed,
): Estimate {
  const all = runs.map((rounds) => Array.from({ length: rounds }, (_, i) => i));
  const random = seededRandom(seed);
  const draws = Array.from({ length: resamples }, () =>
    statistic(all.map((rounds) => rounds.map(() => Math.trunc(random() * rounds.length)))),
  );
  draws.sort((a, b) => a - b);
  return {
    value: statistic(all),
    low: draws[Math.trunc(resamples * 0.025)]!,
    high: draws[Math.ceil(resamples * 0.975) - 1]!,
  };
}

/** Uniform numbers from 0 to 1, the same ones for the same seed: a 32-bit Weyl sequence, each step mixed twice (as splitmix32 does). */
export function seededRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
