import type { Pinning } from "../harness/pinning.ts";
import { Sink } from "../sink/sink.ts";
import { decide, type DecisionSettings, type GuardVerdict, isOver, looks } from "./decision.ts";
import { measureRound } from "./measure-round.ts";
import { roundCosts, type RoundCosts } from "./round-costs.ts";

export interface GuardRunSettings {
  readonly pinning: Pinning;
  readonly plantMicros: number;
  readonly progress: (text: string) => void;
}

/** No round begins later, so that a run stays below two minutes: then the rounds so far decide, if there are enough. */
const maxMs = 95_000;
const minRounds = 5;

/** Measures until a look finds nothing, or there is no further one. */
export async function runGuard(
  settings: GuardRunSettings,
  decision: DecisionSettings,
): Promise<{ readonly verdict: GuardVerdict; readonly rounds: readonly RoundCosts[] }> {
  const startedAt = performance.now();
  const rounds: RoundCosts[] = [];
  await withSink(async (sink) => {
    for (const look of looks) {
      while (rounds.length < look && (rounds.length < minRounds || performance.now() - startedAt < maxMs))
        rounds.push(await measure(rounds.length, look, sink, settings));
      const verdict = decide(rounds, decision);
      if (isOver(verdict)) return;
    }
  });
  return { verdict: decide(rounds, decision), rounds };
}

/** That many rounds, and no verdict. */
export async function measureRounds(count: number, settings: GuardRunSettings): Promise<readonly RoundCosts[]> {
  const rounds: RoundCosts[] = [];
  await withSink(async (sink) => {
    while (rounds.length < count) rounds.push(await measure(rounds.length, count, sink, settings));
  });
  return rounds;
}

async function measure(round: number, of: number, sink: Sink, settings: GuardRunSettings): Promise<RoundCosts> {
  settings.progress(`round ${round + 1}/${of}`);
  return roundCosts(await measureRound({ round, sink, ...settings }));
}

async function withSink(work: (sink: Sink) => Promise<void>): Promise<void> {
  const sink = await Sink.start();
  try {
    await work(sink);
  } finally {
    sink.stop();
  }
}
