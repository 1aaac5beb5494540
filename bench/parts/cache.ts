import { countEach, type CountPlan, countPlan } from "../cache/count-requests.ts";
import type { Costs } from "../cache/costs.ts";
import type { RequestCosts } from "../cache/request-costs.ts";
import type { Contestant } from "../contestants/contestant.ts";
import { loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import type { LoadedSubject } from "../harness/load-subject.ts";
import { number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { type Estimate, mean } from "../statistics/bootstrap.ts";
import { isWanted, type Part } from "./part.ts";

const rounds = { full: 2, quick: 1 } as const;
const plan: CountPlan = countPlan;
const express = ["bare", "floor", "gossamer-0", "gossamer-1", "gossamer-100", "bare-errors", "gossamer-errors"];
const fastify = [
  ...["fastify-bare", "fastify-gossamer-0", "fastify-gossamer-100"],
  ...["fastify-own-lines", "fastify-gossamer-0-all-lines"],
];
const functionsShown = 20;

/** Misses of our own JavaScript that a request may have. */
const limits: Readonly<Record<string, number>> = { "Gossamer 0 %": 150, "Gossamer 100 %": 160 };

/** What neighbours do not move: instructions, and what first-level caches of a simulated processor miss. */
export const cache: Part = {
  name: "cache",
  title: "Instructions and cache misses of a request over a socket",
  from: "long",
  async run({ mode, rounds: asked, only, sink, progress }) {
    const times = asked ?? rounds[mode];
    const counted = new Map<string, RequestCosts[]>();
    const chosen: LoadedSubject<Contestant>[] = [];
    // Frameworks answer differently: each has a check of its own.
    for (const files of mode === "full" ? [express, fastify] : [express]) {
      const some = (await loadContestants(files)).filter(({ subject: { name } }) => isWanted(name, only));
      const check = new ContestantCheck(sink);
      const subjects = Array.from({ length: times }, () => some).flat();
      const costs = await countEach(subjects, { plan, sink, check, progress: (text) => progress.say(text) });
      for (const [i, { subject }] of some.entries())
        counted.set(
          subject.name,
          costs.filter((_, at) => at % some.length === i),
        );
      chosen.push(...some);
    }
    return {
      text: [
        table(
          [
            "a request",
            ...["instructions", "L1I misses", "L1D read misses"],
            ...["our JavaScript: instructions", "L1I", "L1D"],
          ],
          [...counted].map(([name, processes]) => [
            name,
            ...cells(processes, (costs) => costs.all),
            ...(processes.some(({ functions }) => functions.length > 0) ? cells(processes, (costs) => costs.path) : []),
          ]),
        ),
        `${times} processes each, the span of their counts behind the mean. Our JavaScript: what at least every tenth request runs, so that timers and exports are left out.`,
        ...[...counted].flatMap(([name, processes]) => functionLines(name, processes[0]!)),
      ].join("\n"),
      targets: [...counted].flatMap(([name, processes]) => targetsOf(name, processes)),
      packages: chosen.flatMap(({ subject }: LoadedSubject<Contestant>) => subject.packages),
      data: { plan, processes: Object.fromEntries(counted) },
    };
  },
};

function spanOf(values: readonly number[]): Estimate {
  return { value: mean(values), low: Math.min(...values), high: Math.max(...values) };
}

function cells(processes: readonly RequestCosts[], read: (costs: RequestCosts) => Costs): string[] {
  const of = (event: keyof Costs): string => {
    const { value, low, high } = spanOf(processes.map((each) => read(each)[event]));
    return processes.length === 1 ? whole(value) : `${whole(value)} (${whole(low)}–${whole(high)})`;
  };
  return [of("instructions"), of("instructionMisses"), of("dataMisses")];
}

function whole(value: number): string {
  return value.toFixed(0);
}

/** Of the first process: what V8 has put into what differs from process to process. */
function functionLines(name: string, { functions }: RequestCosts): string[] {
  if (functions.length === 0) return [];
  return [
    "",
    table(
      [`${name}: our functions`, "instructions", "L1I misses", "L1D read misses"],
      functions
        .slice(0, functionsShown)
        .map(({ name: fn, costs }) => [
          fn,
          number(costs.instructions),
          number(costs.instructionMisses),
          number(costs.dataMisses),
        ]),
    ),
  ];
}

function targetsOf(name: string, processes: readonly RequestCosts[]): Target[] {
  const limit = limits[name];
  if (limit === undefined) return [];
  return [
    {
      promise: `${name}, over a socket: first-level instruction misses of our JavaScript a request`,
      bound: "at most",
      limit,
      measured: spanOf(processes.map(({ path }) => path.instructionMisses)),
      rank: "asked",
    },
  ];
}
