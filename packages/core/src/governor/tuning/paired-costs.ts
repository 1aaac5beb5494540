/** A value with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What so many requests cost together. */
export interface Cost {
  readonly cost: number;
  readonly requests: number;
}

interface Pair {
  readonly outside: Cost;
  readonly inside: Cost;
}

/** Pairs that are remembered; of more the last count. */
const remembered = 1_000;

/**
 * How much more a request costs outside of windows than inside, by pairs of a window and the time beside it.
 *
 * All costs of a side are divided by all its requests: a mean of quotients would be drawn up by stretches with few requests, and a median would leave out
 * garbage collections, which fall into few stretches and are part of what work costs. The interval is Student's, of what each pair is off.
 *
 * Source: W. G. Cochran, Sampling Techniques, chapter 6 (ratio estimators)
 */
export class PairedCosts {
  readonly #pairs: Pair[] = [];
  #next = 0;

  /** How many count. */
  get pairs(): number {
    return this.#pairs.length;
  }

  add(outside: Cost, inside: Cost): void {
    this.#pairs[this.#next] = { outside, inside };
    this.#next = (this.#next + 1) % remembered;
  }

  clear(): void {
    this.#pairs.length = 0;
    this.#next = 0;
  }

  /** NaN of none. */
  get difference(): number {
    const { outside, inside } = this.#sums();
    return outside.cost / outside.requests - inside.cost / inside.requests;
  }

  /** Undefined of fewer than two. */
  interval(): Interval | undefined {
    const { pairs } = this;
    if (pairs < 2) return undefined;
    const sums = this.#sums();
    const off = ({ cost, requests }: Cost, all: Cost): number =>
      (cost - (all.cost / all.requests) * requests) / (all.requests / pairs);
    let squares = 0;
    for (const { outside, inside } of this.#pairs)
      squares += (off(outside, sums.outside) - off(inside, sums.inside)) ** 2;
    const half = studentsT(pairs - 1) * Math.sqrt(squares / pairs / (pairs - 1));
    const value = this.difference;
    return { value, low: value - half, high: value + half };
  }

  #sums(): Pair {
    const outside = { cost: 0, requests: 0 };
    const inside = { cost: 0, requests: 0 };
    for (const pair of this.#pairs) {
      outside.cost += pair.outside.cost;
      outside.requests += pair.outside.requests;
      inside.cost += pair.inside.cost;
      inside.requests += pair.inside.requests;
    }
    return { outside, inside };
  }
}

/** From here to there the standard normal distribution has 95 % of its mass. */
const z = 1.959_963_985;

/**
 * The same of Student's distribution, by the series of Cornish and Fisher in 1 / degrees: within 1 % from 4 degrees on.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5
 */
function studentsT(degrees: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}
