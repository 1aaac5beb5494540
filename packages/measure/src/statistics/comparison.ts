import { bootstrap, defaultSeed, type Estimate, mean, median } from "./bootstrap.ts";

/** Costs of a piece of work, by subject: one list a round, in it one number a slice. */
export type Measurements = ReadonlyMap<string, readonly (readonly number[])[]>;

/** A row, and the one it is compared with. */
export interface Pair {
  readonly name: string;
  readonly baseline: string;
}

/** Reads differences and ratios out of one run. */
export class Comparison {
  readonly #byRound: ReadonlyMap<string, readonly number[]>;
  readonly #rounds: number;
  readonly #seed: number;

  constructor(measured: Measurements, seed: number = defaultSeed) {
    // Of a round's slices the mean: a median would leave out what falls into few of them, and garbage collections do.
    this.#byRound = new Map([...measured].map(([name, rounds]) => [name, rounds.map(mean)]));
    this.#rounds = Math.max(0, ...[...this.#byRound.values()].map((rounds) => rounds.length));
    this.#seed = seed;
  }

  /** Whether it was measured. */
  has(name: string): boolean {
    return this.#byRound.has(name);
  }

  /** What it costs by itself. */
  cost(name: string): Estimate {
    return this.#estimate((chosen) => this.#median(name, undefined, chosen));
  }

  /** What it costs more than another, paired by round. */
  added(name: string, baseline: string): Estimate {
    return this.#estimate((chosen) => this.#median(name, baseline, chosen));
  }

  /** The differences of single rounds: their spread is what a difference has to exceed. */
  addedByRound(name: string, baseline: string): number[] {
    return [...this.#differences(name, baseline)];
  }

  /** What it costs more than another, as a part of what that one costs, or a third. */
  share(name: string, baseline: string, of: string = baseline): Estimate {
    return this.#estimate((chosen) => this.#median(name, baseline, chosen) / this.#median(of, undefined, chosen));
  }

  /**
   * How many times the other's cost it costs. With baselines, what each costs more than its own is compared.
   *
   * Both medians are drawn from the same rounds. Infinity where the other's cost is not above nothing.
   */
  ratio(a: string, b: string, baselineOfA?: string, baselineOfB: string | undefined = baselineOfA): Estimate {
    return this.#estimate((chosen) => {
      const divisor = this.#median(b, baselineOfB, chosen);
      return divisor > 0 ? this.#median(a, baselineOfA, chosen) / divisor : Number.POSITIVE_INFINITY;
    });
  }

  /** How many times another's number its number is, round by round. For what is better when larger, and for quantiles. */
  times(name: string, other: string): Estimate {
    const others = this.#roundsOf(other);
    const times = this.#roundsOf(name).map((value, round) => value / others[round]!);
    return this.#estimate((chosen) => median(chosen.map((round) => times[round]!)));
  }

  /** How much more one adds to its baseline than another to its own, paired by round. */
  grown(from: Pair, to: Pair): Estimate {
    const byRound = this.grownByRound(from, to);
    return this.#estimate((chosen) => median(chosen.map((round) => byRound[round]!)));
  }

  /** The same of single rounds. */
  grownByRound(from: Pair, to: Pair): number[] {
    const before = this.#differences(from.name, from.baseline);
    return this.#differences(to.name, to.baseline).map((after, round) => after - before[round]!);
  }

  /** How much more one adds to its baseline than another to its own, in units of what a third adds to the other's baseline. */
  addedBeyond(a: Pair, b: Pair, unit: string): Estimate {
    return this.#estimate((chosen) => {
      const divisor = this.#median(unit, b.baseline, chosen);
      const beyond = this.#median(a.name, a.baseline, chosen) - this.#median(b.name, b.baseline, chosen);
      return divisor > 0 ? beyond / divisor : Number.POSITIVE_INFINITY;
    });
  }

  #estimate(statistic: (chosen: readonly number[]) => number): Estimate {
    return bootstrap(this.#rounds, statistic, this.#seed);
  }

  #median(name: string, baseline: string | undefined, chosen: readonly number[]): number {
    const differences = this.#differences(name, baseline);
    return median(chosen.map((round) => differences[round]!));
  }

  #differences(name: string, baseline: string | undefined): readonly number[] {
    const own = this.#roundsOf(name);
    if (baseline === undefined) return own;
    const others = this.#roundsOf(baseline);
    return own.map((value, round) => value - others[round]!);
  }

  #roundsOf(name: string): readonly number[] {
    const own = this.#byRound.get(name);
    if (own === undefined) throw new Error(`"${name}" was not measured in this run.`);
    return own;
  }
}
