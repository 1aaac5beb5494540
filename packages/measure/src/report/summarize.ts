import type { Latencies, RoundMeasure, Rounds } from "../rounds/run-rounds.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import { Comparison } from "../statistics/comparison.ts";
import { judge } from "../statistics/judge.ts";
import { bareNames } from "../configuration.ts";
import type { Difference, LatencySummary, Summary } from "./report.ts";

const latencyNames: readonly (keyof Latencies)[] = ["mean", "p50", "p95", "p99"];
const { bare, again } = bareNames;

/** Reads costs and differences of whole configurations out of the rounds. */
export class Summaries {
  readonly cpu: Comparison;
  readonly #latency: ReadonlyMap<keyof Latencies, Comparison>;
  readonly #heap: Comparison;
  readonly #rss: Comparison | undefined;
  readonly #count: number;

  constructor(rounds: Rounds, seed: number) {
    const by = (read: (round: RoundMeasure) => number): Comparison =>
      new Comparison(new Map([...rounds].map(([name, list]) => [name, list.map((round) => [read(round)])])), seed);
    this.cpu = by((round) => round.cpuMicros);
    this.#latency = new Map(latencyNames.map((name) => [name, by((round) => round.latencyMicros[name])]));
    this.#heap = by((round) => round.heapBytes);
    const hasRss = [...rounds.values()].flat().every(({ rssBytes }) => rssBytes !== undefined);
    this.#rss = hasRss ? by((round) => round.rssBytes ?? Number.NaN) : undefined;
    this.#count = rounds.get(bare)?.length ?? 0;
  }

  cost(name: string): Summary<Estimate> {
    return this.#summary((comparison) => comparison.cost(name));
  }

  added(name: string): Summary<Difference> {
    return this.#summary((comparison) => this.difference(comparison, name, bare));
  }

  /** The A/A control. */
  control(): Summary<Difference> {
    return this.added(again);
  }

  /** What one adds to another, held against what the bare workload adds to itself. */
  difference(comparison: Comparison, name: string, baseline: string): Difference {
    const added = comparison.added(name, baseline);
    return { ...added, verdict: judge(added, comparison.added(again, bare), this.#count) };
  }

  overheadPercent(name: string): Estimate {
    return percent(this.cpu.share(name, bare));
  }

  #summary<T>(read: (comparison: Comparison) => T): Summary<T> {
    const latency = Object.fromEntries([...this.#latency].map(([name, comparison]) => [name, read(comparison)]));
    return {
      cpuMicros: read(this.cpu),
      latencyMicros: latency as unknown as LatencySummary<T>,
      heapBytes: read(this.#heap),
      ...(this.#rss === undefined ? {} : { rssBytes: read(this.#rss) }),
    };
  }
}

/** The same as hundredths. */
export function percent({ value, low, high }: Estimate): Estimate {
  return { value: 100 * value, low: 100 * low, high: 100 * high };
}
