import { bootstrap, defaultSeed, type Estimate, mean, median } from "./bootstrap.ts";

/** Costs of a piece of work, by subject: one list a round, in it one number a slice. */
export type Measurements = ReadonlyMap<string, readonly (readonly number[])[]>;

/** A number read from some rounds, each of which may be chosen more than once. */
type Statistic = (chosen: readonly number[]) => number;

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
  readonly #added = new Map<string, Estimate>();

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
    return this.#estimate(this.#median(name));
  }

  /** What it costs more than another, paired by round. */
  added(name: string, baseline: string): Estimate {
    // Asked for again and again: what a difference is held against is the same for all of them.
    const key = JSON.stringify([name, baseline]);
    const known = this.#added.get(key) ?? this.#estimate(this.#median(name, baseline));
    this.#added.set(key, known);
    return known;
  }

  /** The differences of single rounds: their spread is what a difference has to exceed. */
  addedByRound(name: string, baseline: string): number[] {
    return [...this.#differences(name, baseline)];
  }

  /** What it costs more than another, as a part of what that one costs, or a third. */
  share(name: string, baseline: string, of: string = baseline): Estimate {
    const [added, whole] = [this.#median(name, baseline), this.#median(of)];
    return this.#estimate((chosen) => added(chosen) / whole(chosen));
  }

  /**
   * How many times the other's cost it costs. With baselines, what each costs more than its own is compared.
   *
   * Both medians are drawn from the same rounds. Infinity where the other's cost is not above nothing.
   */
  ratio(a: string, b: string, baselineOfA?: string, baselineOfB: string | undefined = baselineOfA): Estimate {
    const [cost, other] = [this.#median(a, baselineOfA), this.#median(b, baselineOfB)];
    return this.#estimate((chosen) => {
      const divisor = other(chosen);
      return divisor > 0 ? cost(chosen) / divisor : Number.POSITIVE_INFINITY;
    });
  }

  /** How many times another's number its number is, round by round. For what is better when larger, and for quantiles. */
  times(name: string, other: string): Estimate {
    const others = this.#roundsOf(other);
    const times = this.#roundsOf(name).map((value, round) => value / others[round]!);
    return this.#estimate(medianOf(times));
  }

  /** How much more one adds to its baseline than another to its own, paired by round. */
  grown(from: Pair, to: Pair): Estimate {
    return this.#estimate(medianOf(this.grownByRound(from, to)));
  }

  /** The same of single rounds. */
  grownByRound(from: Pair, to: Pair): number[] {
    const before = this.#differences(from.name, from.baseline);
    return this.#differences(to.name, to.baseline).map((after, round) => after - before[round]!);
  }

  /** How much more one adds to its baseline than another to its own, in units of what a third adds to the other's baseline. */
  addedBeyond(a: Pair, b: Pair, unit: string): Estimate {
    const [ofUnit, ofA, ofB] = [
      this.#median(unit, b.baseline),
      this.#median(a.name, a.baseline),
      this.#median(b.name, b.baseline),
    ];
    return this.#estimate((chosen) => {
      const divisor = ofUnit(chosen);
      return divisor > 0 ? (ofA(chosen) - ofB(chosen)) / divisor : Number.POSITIVE_INFINITY;
    });
  }

  #estimate(statistic: Statistic): Estimate {
    return bootstrap(this.#rounds, statistic, this.#seed);
  }

  #median(name: string, baseline?: string): Statistic {
    return medianOf(this.#differences(name, baseline));
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

function medianOf(byRound: readonly number[]): Statistic {
  return (chosen) => median(chosen.map((round) => byRound[round]!));
}
