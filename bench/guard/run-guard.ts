import type { Pinning } from "../harness/pinning.ts";
import { Sink } from "../sink/sink.ts";
import { decide, type DecisionSettings, type GuardVerdict, isLook, isOver, looks } from "./decision.ts";
import { measureRound } from "./measure-round.ts";
import { roundCosts, type RoundCosts } from "./round-costs.ts";

export interface GuardRunSettings {
  readonly pinning: Pinning;
  readonly plantMicros: number;
  readonly progress: (text: string) => void;
}

/** Measures until a look finds nothing, or there is no further one. */
export async function runGuard(
  settings: GuardRunSettings,
  decision: DecisionSettings,
): Promise<{ readonly verdict: GuardVerdict; readonly rounds: readonly RoundCosts[] }> {
  const startedAt = performance.now();
  const rounds: RoundCosts[] = [];
  const elapsedMs = (): number => performance.now() - startedAt;
  let verdict = decide(rounds, decision);
  await withSink(async (sink) => {
    do {
      const look = looks.find((at) => at > rounds.length) ?? rounds.length;
      rounds.push(await measure(rounds.length, look, sink, settings));
      verdict = decide(rounds, decision);
    } while (!isLook(rounds.length, elapsedMs()) || !isOver(verdict, elapsedMs()));
  });
  return { verdict, rounds };
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
