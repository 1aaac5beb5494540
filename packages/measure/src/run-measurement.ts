import { bareNames } from "./configuration.ts";
import type { MeasureSettings } from "./measure-options.ts";
import { circumstancesOf } from "./report/circumstances.ts";
import type { Circumstances } from "./report/report.ts";
import type { ExpectedAnswers } from "./rounds/expected-answers.ts";
import { type RoundsPlan, type Rounds, runRounds } from "./rounds/run-rounds.ts";
import { probe, type Probed } from "./subject/probe.ts";
import { openSession, type Session, type Setup } from "./subject/session.ts";
import type { WorkloadSource } from "./workload.ts";

/** What is to be measured. */
export interface Measurement {
  readonly workload: WorkloadSource;
  readonly settings: MeasureSettings;
  /** The configurations, which are tried first. */
  readonly setups: readonly Setup[];
  /** What is measured besides, once it is known what those do. @default nothing */
  readonly besides?: (seen: Probed["seen"]) => readonly Setup[];
}

/** What was measured, with the bare workload twice. */
export interface Measured {
  readonly rounds: Rounds;
  readonly expected: ExpectedAnswers;
  readonly circumstances: Circumstances;
}

const bareSetups: readonly Setup[] = [bareNames.bare, bareNames.again].map((name) => ({
  name,
  options: undefined,
  switches: {},
}));

/** Tries every configuration, then measures all of them in rounds. */
export async function runMeasurement({ workload, settings, setups, besides }: Measurement): Promise<Measured> {
  const session = await openSession(workload, settings);
  try {
    const circumstances = circumstancesOf(session, settings);
    settings.onProgress("trying every configuration");
    const { expected, seen } = await probe(session, setups);
    const all = [...bareSetups, ...setups, ...(besides?.(seen) ?? [])];
    const rounds = await runRounds(
      all.map((setup) => ({ name: setup.name, start: () => session.start(setup) })),
      {
        plan: planOf(settings, session),
        progress: settings.onProgress,
        check: (name, answers) => expected.compare(name, answers),
      },
    );
    return { rounds, expected, circumstances };
  } finally {
    await session.stop();
  }
}

function planOf(settings: MeasureSettings, { ownProcesses }: Session): RoundsPlan {
  const { rounds, slices, requests, maxSliceMs, concurrency, warmUpRequests, warmUpMs } = settings;
  return {
    rounds,
    slices,
    slice: { requests, maxMs: maxSliceMs, concurrency },
    warmUp: { requests: warmUpRequests, ms: warmUpMs, concurrency },
    // A process has one engine.
    together: ownProcesses,
  };
}
