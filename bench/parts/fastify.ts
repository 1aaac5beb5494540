import { loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { Comparison } from "../statistics/comparison.ts";
import { aaSpread } from "./aa-spread.ts";
import { type Mode, type Part, planOf } from "./part.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 12, slices: 8, times: 4000, warmUpTimes: 60_000 },
  quick: { rounds: 3, slices: 4, times: 3000, warmUpTimes: 40_000 },
};

const bare = "Fastify, bare";
const floor = "Fastify, floor";
const rows = { control: "Fastify, bare again (A/A)", bare, floor };

const files = [
  "fastify-bare",
  "fastify-bare-again",
  "fastify-floor",
  "fastify-gossamer-0",
  "fastify-gossamer-1",
  "fastify-gossamer-100",
  "fastify-opentelemetry-0",
  "fastify-opentelemetry-1",
  "fastify-opentelemetry-100",
  "fastify-opentelemetry-100-server-only",
];

const maxFloors = 2;

/** What our rows may cost of theirs. */
const shares: readonly {
  readonly ours: string;
  readonly theirs: string;
  readonly part: number;
  readonly rank: Target["rank"];
}[] = [
  { ours: "Fastify, Gossamer 0 %", theirs: "Fastify, OpenTelemetry 0 %", part: 20, rank: "asked" },
  { ours: "Fastify, Gossamer 1 %", theirs: "Fastify, OpenTelemetry 1 %", part: 20, rank: "stricter" },
  { ours: "Fastify, Gossamer 100 %", theirs: "Fastify, OpenTelemetry 100 %", part: 12, rank: "asked" },
  {
    ours: "Fastify, Gossamer 100 %",
    theirs: "Fastify, OpenTelemetry 100 %, no hook spans",
    part: 12,
    rank: "stricter",
  },
];

/** What a request of a Fastify service costs more because of its telemetry. */
export const fastify: Part = {
  name: "fastify",
  title: "Requests of a Fastify service",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = (await loadContestants(files)).filter(
      ({ subject: { name } }) =>
        name === bare || (settings.only?.some((part) => name.toLowerCase().includes(part.toLowerCase())) ?? true),
    );
    const check = new ContestantCheck(settings.sink);
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      check: (handle, subject, when) => check[when](handle, subject),
    });
    const comparison = new Comparison(measured);
    const spread = aaSpread(comparison, rows);
    const lines = subjects.slice(1).map(({ subject: { name } }) => {
      const delivered = check.delivered.get(name);
      const spans = delivered === undefined ? "" : number(delivered.spans / delivered.requests);
      const floors = comparison.has(floor) ? estimate(comparison.ratio(name, floor, bare)) : "";
      return [name, estimate(comparison.added(name, bare)), floors, spans];
    });
    return {
      text: [table(["contestant", "added µs a request", "× floor", "spans"], lines), spread.text].join("\n"),
      targets: targetsOf(comparison),
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: {
        plan,
        cpuMicrosARequest: Object.fromEntries(measured),
        spread,
        delivered: Object.fromEntries(check.delivered),
      },
    };
  },
};

function targetsOf(comparison: Comparison): Target[] {
  const targets: Target[] = [];
  const ours = "Fastify, Gossamer 0 %";
  if (comparison.has(ours) && comparison.has(floor)) {
    targets.push({
      promise: "Fastify, nothing sampled, metrics on: multiples of the floor",
      bound: "at most",
      limit: maxFloors,
      measured: comparison.ratio(ours, floor, bare),
      rank: "asked",
    });
  }
  for (const { ours: one, theirs, part, rank } of shares) {
    if (!comparison.has(one) || !comparison.has(theirs)) continue;
    targets.push({
      promise: `${one}: share of ${theirs} (1/${part})`,
      bound: "at most",
      limit: 1 / part,
      measured: comparison.ratio(one, theirs, bare),
      rank,
    });
  }
  return targets;
}
