import { median } from "../statistics/bootstrap.ts";
import { quantile } from "../statistics/quantile.ts";
import type { SeenByEngine, SliceMeasure, SlicePlan, Subject, WarmUpPlan } from "../subject/subject.ts";

/** A configuration that can be started again and again. */
export interface Contestant {
  readonly name: string;
  start(): Promise<Subject>;
}

export interface RoundsPlan {
  readonly rounds: number;
  readonly slices: number;
  readonly slice: SlicePlan;
  readonly warmUp: WarmUpPlan;
  /** Whether the configurations of a round stand beside each other and take turns slice by slice, or come one after the other. */
  readonly together: boolean;
}

export interface RoundsSettings {
  readonly plan: RoundsPlan;
  readonly progress: (line: string) => void;
  /** Before the warm-up: throws when an answer is not as it has to be. */
  readonly check: (name: string, answers: readonly string[]) => void;
}

/** Latencies of requests one at a time, in µs. */
export interface Latencies {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What one start of a configuration measured. */
export interface RoundMeasure {
  /** Of the whole process, a request. */
  readonly cpuMicros: number;
  readonly latencyMicros: Latencies;
  /** After a forced collection, where there was one. */
  readonly heapBytes: number;
  readonly rssBytes?: number;
  /** One export of metrics, in CPU. */
  readonly flushMicros: number;
  /** Requests whose CPU was counted. */
  readonly requests: number;
  /** Requests whose latency was taken. */
  readonly latencySamples: number;
  readonly collected: boolean;
  readonly seen?: SeenByEngine;
}

/** By configuration, one a round. */
export type Rounds = ReadonlyMap<string, readonly RoundMeasure[]>;

/**
 * Measures configurations against each other: started anew each round, in another order each round; together they take turns slice by
 * slice, one at a time, in another order each slice.
 */
export async function runRounds(contestants: readonly Contestant[], settings: RoundsSettings): Promise<Rounds> {
  const measured = new Map<string, RoundMeasure[]>(contestants.map(({ name }) => [name, []]));
  const { rounds, together } = settings.plan;
  for (let round = 0; round < rounds; round++) {
    const turn = rotated(contestants, round);
    const groups = together ? [turn] : turn.map((contestant) => [contestant]);
    for (const group of groups) {
      const measures = await runGroup(group, `round ${round + 1}/${rounds}`, settings);
      for (const [name, measure] of measures) measured.get(name)?.push(measure);
    }
  }
  return measured;
}

async function runGroup(
  group: readonly Contestant[],
  step: string,
  { plan, progress, check }: RoundsSettings,
): Promise<[string, RoundMeasure][]> {
  const running: { name: string; subject: Subject; slices: SliceMeasure[] }[] = [];
  try {
    for (const { name, start } of group) {
      progress(`${step}: starting "${name}"`);
      const subject = await start();
      running.push({ name, subject, slices: [] });
      check(name, await subject.answers());
      await subject.warmUp(plan.warmUp);
    }
    for (let slice = 0; slice < plan.slices; slice++) {
      progress(`${step}: slice ${slice + 1}/${plan.slices}`);
      for (const { subject, slices } of rotated(running, slice)) slices.push(await subject.slice(plan.slice));
    }
    const measures: [string, RoundMeasure][] = [];
    for (const { name, subject, slices } of running) measures.push([name, await endRound(subject, slices)]);
    return measures;
  } finally {
    await Promise.all(running.map(({ subject }) => subject.stop()));
  }
}

async function endRound(subject: Subject, slices: readonly SliceMeasure[]): Promise<RoundMeasure> {
  const { heapBytes, rssBytes, collected, seen } = await subject.finish();
  const requests = sum(slices.map((slice) => slice.requests));
  const flushMicros = median(slices.map((slice) => slice.flushMicros));
  const latencies = sortedTogether(slices.map((slice) => slice.latenciesMicros));
  return {
    // Metrics leave by the clock and not by the request: the export of them that ended each slice is taken off.
    cpuMicros: (sum(slices.map((slice) => slice.cpuMicros)) - slices.length * flushMicros) / requests,
    latencyMicros: {
      mean: sum(latencies) / latencies.length,
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
    },
    heapBytes,
    ...(rssBytes === undefined ? {} : { rssBytes }),
    flushMicros,
    requests,
    latencySamples: latencies.length,
    collected,
    ...(seen === undefined ? {} : { seen }),
  };
}

function sortedTogether(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(sum(lists.map(({ length }) => length)));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all.sort();
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
