import type { Measurements } from "../harness/run-rounds.ts";
import { bootstrap, mean, median, type Estimate } from "./bootstrap.ts";

/** A row, and the one it is compared with. */
export interface Pair {
  readonly name: string;
  readonly baseline: string;
}

/** Reads differences and ratios out of one run. Every number of a round is the mean over its slices, so that no garbage collection is left out. */
export class Comparison {
  readonly #means: Map<string, number[]>;
  readonly #rounds: number;

  constructor(measured: Measurements) {
    this.#means = new Map([...measured].map(([name, rounds]) => [name, rounds.map(mean)]));
    this.#rounds = Math.max(0, ...[...this.#means.values()].map((rounds) => rounds.length));
  }

  has(name: string): boolean {
    return this.#means.has(name);
  }

  /** What it costs by itself. */
  cost(name: string): Estimate {
    return bootstrap(this.#rounds, (chosen) => this.#median(name, undefined, chosen));
  }

  /** What it costs more than another, paired by round. */
  added(name: string, baseline: string): Estimate {
    return bootstrap(this.#rounds, (chosen) => this.#median(name, baseline, chosen));
  }

  /** The differences of single rounds: their spread is what a difference has to exceed. */
  addedByRound(name: string, baseline: string): number[] {
    return this.#differences(name, baseline);
  }

  /**
   * How many times the other's cost it costs. With baselines, what each costs more than its own is compared.
   *
   * Both medians are drawn from the same rounds. Infinity where the other's cost is not above nothing.
   */
  ratio(a: string, b: string, baselineOfA?: string, baselineOfB: string | undefined = baselineOfA): Estimate {
    return bootstrap(this.#rounds, (chosen) => {
      const divisor = this.#median(b, baselineOfB, chosen);
      return divisor > 0 ? this.#median(a, baselineOfA, chosen) / divisor : Number.POSITIVE_INFINITY;
    });
  }

  /** How much more one adds to its baseline than another to its own, in units of what a third adds to the other's baseline. */
  addedBeyond(a: Pair, b: Pair, unit: string): Estimate {
    return bootstrap(this.#rounds, (chosen) => {
      const divisor = this.#median(unit, b.baseline, chosen);
      const beyond = this.#median(a.name, a.baseline, chosen) - this.#median(b.name, b.baseline, chosen);
      return divisor > 0 ? beyond / divisor : Number.POSITIVE_INFINITY;
    });
  }

  /** How much more one adds to its baseline than another to its own, paired by round. */
  grown(from: Pair, to: Pair): Estimate {
    const byRound = this.grownByRound(from, to);
    return bootstrap(this.#rounds, (chosen) => median(chosen.map((round) => byRound[round]!)));
  }

  grownByRound(from: Pair, to: Pair): number[] {
    const before = this.#differences(from.name, from.baseline);
    return this.#differences(to.name, to.baseline).map((after, round) => after - before[round]!);
  }

  #median(name: string, baseline: string | undefined, chosen: readonly number[]): number {
    const differences = this.#differences(name, baseline);
    return median(chosen.map((round) => differences[round]!));
  }

  #differences(name: string, baseline: string | undefined): number[] {
    const means = this.#meansOf(name);
    if (baseline === undefined) return means;
    const others = this.#meansOf(baseline);
    return means.map((value, round) => value - others[round]!);
  }

  #meansOf(name: string): number[] {
    const means = this.#means.get(name);
    if (means === undefined) throw new Error(`"${name}" was not measured in this run.`);
    return means;
  }
}
