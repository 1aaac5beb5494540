import type { Contestant } from "../contestants/contestant.ts";
import { baselineOf, loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import type { LoadedSubject } from "../harness/load-subject.ts";
import {
  runSocketRounds,
  type OfferedReading,
  type SocketPlan,
  type SocketRound,
} from "../harness/run-socket-rounds.ts";
import { Load } from "../load/load.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { Sink } from "../sink/sink.ts";
import { Comparison } from "../statistics/comparison.ts";
import { type Share, shareTargets, comparedRows } from "./measure-contestants.ts";
import type { Mode, Part, PartSettings } from "./part.ts";

const shared = {
  offeredShare: 0.55,
  connections: 32,
  // They fall behind at the offered load, so that a turn at it takes several times as long. They are done with warming up after 30,000 requests.
  slow: {
    names: ["OpenTelemetry", "dd-trace"].flatMap((name) => [`${name} 1 %`, `${name} 100 %`]),
    warmUpTimes: 30_000,
    warmUpMostMs: 20_000,
    saturatedSlices: 2,
    saturatedMs: 600,
    offeredSlices: 1,
  },
};
const plans: Readonly<Record<Mode, SocketPlan>> = {
  full: {
    ...shared,
    rounds: 6,
    warmUpTimes: 50_000,
    warmUpMostMs: 6000,
    saturatedSlices: 3,
    saturatedMs: 400,
    offeredSlices: 2,
    offeredMs: 800,
  },
  quick: {
    ...shared,
    rounds: 2,
    warmUpTimes: 12_000,
    warmUpMostMs: 2500,
    saturatedSlices: 1,
    saturatedMs: 500,
    offeredSlices: 1,
    offeredMs: 600,
  },
};

/** The first is what the others are compared with, and what the offered load is a share of. */
const files: Readonly<Record<Mode, readonly string[]>> = {
  full: comparedRows,
  quick: ["bare", "bare-again", "gossamer-100"],
};

const ours = "Gossamer 100 %";
const control = "bare again (A/A)";
const bare: string = baselineOf.answers;
/** What ours may add of what a peer adds. */
const shares: readonly Share[] = [
  { ours: "Gossamer 1 %", theirs: "OpenTelemetry 1 %", part: 30, rank: "asked" },
  { ours: "Gossamer 1 %", theirs: "dd-trace 1 %", part: 30, rank: "asked" },
  { ours, theirs: "OpenTelemetry 100 %", part: 20, rank: "asked" },
  { ours, theirs: "dd-trace 100 %", part: 20, rank: "asked" },
];
const minShare = 0.95;
const maxTimesP99 = 1.1;
/** Of the time: with more to do the load may be what cannot do more. */
const maxLoadShare = 0.9;
/** Of what was offered: below it answers fell behind, by more than the last ones take. */
const minAchieved = 0.95;

/** What clients see: requests a second, and latency at the same offered load. */
export const socket: Part = {
  name: "socket",
  title: "Over a real socket",
  async run(settings) {
    const { mode, rounds } = settings;
    const plan: SocketPlan = { ...plans[mode], ...(rounds === undefined ? {} : { rounds }) };
    const contestants = await loadContestants(files[mode]);
    const measured = await measure(contestants, plan, settings);
    const names = contestants.map(({ subject }) => subject.name);
    const saturated = comparisonOf(measured, ({ perSecond }) => perSecond);
    const cpu = comparisonOf(measured, ({ cpuMicros }) => cpuMicros);
    const p50 = offeredComparison(measured, ({ p50Micros }) => p50Micros);
    const p99 = offeredComparison(measured, ({ p99Micros }) => p99Micros);
    const busy = offeredComparison(measured, ({ loop }) => loop.busyShare * 100);
    const delay = offeredComparison(measured, ({ loop }) => loop.delayP99Micros);
    const share = (comparison: Comparison, name: string): string =>
      name === bare ? "" : estimate(comparison.times(name, bare));
    return {
      text: [
        table(
          ["as many as it can", "requests/s", "× bare", "CPU µs a request", "added", "× bare"],
          names.map((name) => [
            name,
            estimate(saturated.cost(name)),
            share(saturated, name),
            estimate(cpu.cost(name)),
            name === bare ? "" : estimate(cpu.added(name, bare)),
            share(cpu, name),
          ]),
        ),
        "",
        table(
          ["at the same load", "p50 µs", "× bare", "p99 µs", "× bare", "loop busy %", "loop delay p99 µs"],
          names.map((name) => [
            name,
            estimate(p50.cost(name)),
            share(p50, name),
            estimate(p99.cost(name)),
            share(p99, name),
            estimate(busy.cost(name)),
            estimate(delay.cost(name)),
          ]),
        ),
        ...loadLines(measured, plan),
      ].join("\n"),
      targets: [
        ...shareTargets(cpu, shares, bare, { where: "Real socket, ", again: control }),
        ...targetsOf(saturated, p99),
      ],
      headline: `Over a real socket, where caches are cold, the CPU per request relative to the bare app is: ${names
        .filter((name) => name !== bare)
        .map((name) => `${name} ${number(cpu.times(name, bare).value)} ×`)
        .join(", ")}.`,
      packages: contestants.flatMap(({ subject }) => subject.packages),
      data: {
        plan,
        rounds: Object.fromEntries(measured),
        addedCpuMicros: Object.fromEntries(
          names.filter((name) => name !== bare).map((name) => [name, cpu.added(name, bare)]),
        ),
      },
    };
  },
};

/** The load, the sink and this process on the other cores: only the contestants are on theirs. */
async function measure(
  contestants: readonly LoadedSubject<Contestant>[],
  plan: SocketPlan,
  { pinning, progress }: PartSettings,
): Promise<Map<string, SocketRound[]>> {
  const letGo = pinning.aside();
  const load = new Load();
  try {
    // Where there are only two cores it shares one with the load, which it must not hold up when it counts what has arrived.
    const sink = await Sink.start("low");
    try {
      return await runSocketRounds(contestants, {
        plan,
        pinning,
        sinkUrl: sink.url,
        load,
        check: new ContestantCheck(sink),
        progress: (text) => progress.say(text),
      });
    } finally {
      sink.stop();
    }
  } finally {
    load.stop();
    letGo();
  }
}

function comparisonOf(
  measured: ReadonlyMap<string, readonly SocketRound[]>,
  read: (round: SocketRound) => number[],
): Comparison {
  return new Comparison(new Map([...measured].map(([name, rounds]) => [name, rounds.map(read)])));
}

function offeredComparison(
  measured: ReadonlyMap<string, readonly SocketRound[]>,
  read: (offered: OfferedReading) => number,
): Comparison {
  return comparisonOf(measured, ({ offered }) => (offered === undefined ? [] : [read(offered)]));
}

function loadLines(measured: ReadonlyMap<string, readonly SocketRound[]>, plan: SocketPlan): string[] {
  const offered = [...measured.values()].flat().flatMap((round) => round.offered ?? []);
  const offeredOf = (read: (reading: OfferedReading) => number): number[] => offered.map(read);
  const samples = Math.min(...[...measured.values()].map((rounds) => samplesOf(rounds)));
  const late = [...measured].filter(([, rounds]) =>
    rounds.some((round) => round.offered!.achievedPerSecond < minAchieved * round.offered!.offeredPerSecond),
  );
  const loadShare = Math.max(...[...measured.values()].flat().flatMap((round) => round.loadShare));
  return [
    `Offered ${range(offeredOf(({ offeredPerSecond }) => offeredPerSecond))} a second, ${number(100 * plan.offeredShare)} % of what bare could in the round, at random times, the same for all; latency from when a request was due; ${samples} samples or more each.`,
    late.length === 0
      ? "Every contestant answered at the rate that was offered."
      : `Could not keep up with what was offered: ${late.map(([name, rounds]) => `${name} (${range(rounds.map((round) => round.offered!.achievedPerSecond))} a second)`).join(", ")}.`,
    `The load was itself late by ${range(offeredOf(({ ownDelayP99Micros }) => ownDelayP99Micros))} µs at p99, which is in the latencies, and had something to do for up to ${number(100 * loadShare)} % of the time at saturation.`,
    ...(loadShare > maxLoadShare
      ? ["It may have been the load that could not do more: shares of bare look better than they are."]
      : []),
  ];
}

function samplesOf(rounds: readonly SocketRound[]): number {
  return rounds.reduce((sum, { offered }) => sum + (offered?.samples ?? 0), 0);
}

function range(values: readonly number[]): string {
  return `${number(Math.min(...values))}–${number(Math.max(...values))}`;
}

function targetsOf(saturated: Comparison, p99: Comparison): Target[] {
  return [
    {
      promise: "Real socket, 100 % sampled: requests per second relative to the bare app",
      bound: "at least",
      limit: minShare,
      measured: saturated.times(ours, bare),
      control: saturated.times(control, bare),
      rank: "asked",
    },
    {
      promise: "Real socket, 100 % sampled: p99 at the same load, relative to the bare app",
      bound: "at most",
      limit: maxTimesP99,
      measured: p99.times(ours, bare),
      control: p99.times(control, bare),
      rank: "asked",
    },
  ];
}
