import { loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { Comparison } from "../statistics/comparison.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { aaSpread } from "./aa-spread.ts";
import { floorTarget, type Share, shareTargets } from "./measure-contestants.ts";
import { isWanted, type Mode, type Part, planOf } from "./part.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 10, slices: 3, times: 5000, warmUpTimes: 30_000, warmUpMs: 800 },
  quick: { rounds: 2, slices: 2, times: 5000, warmUpTimes: 20_000, warmUpMs: 400 },
};

const bare = "Fastify, bare";
const floor = "Fastify, floor";
const rows = { control: "Fastify, bare again (A/A)", bare, floor };

const quickFiles = [
  "fastify-bare",
  "fastify-bare-again",
  "fastify-floor",
  "fastify-gossamer-1",
  "fastify-gossamer-100",
  "fastify-opentelemetry-1",
  "fastify-opentelemetry-100",
];

const files = [
  "fastify-bare",
  "fastify-bare-again",
  "fastify-floor",
  "fastify-gossamer-0",
  "fastify-gossamer-1",
  "fastify-gossamer-100",
  "fastify-opentelemetry-0",
  "fastify-opentelemetry-1",
  "fastify-opentelemetry-1-server-only",
  "fastify-opentelemetry-100",
  "fastify-opentelemetry-100-server-only",
];

const ours = { nothing: "Fastify, Gossamer 0 %", some: "Fastify, Gossamer 1 %", all: "Fastify, Gossamer 100 %" };

const shares: readonly Share[] = [
  { ours: ours.nothing, theirs: "Fastify, OpenTelemetry 0 %", part: 20, rank: "asked" },
  { ours: ours.some, theirs: "Fastify, OpenTelemetry 1 %", part: 25, rank: "asked" },
  { ours: ours.some, theirs: "Fastify, OpenTelemetry 1 %, no hook spans", part: 25, rank: "stricter" },
  { ours: ours.all, theirs: "Fastify, OpenTelemetry 100 %", part: 15, rank: "asked" },
  { ours: ours.all, theirs: "Fastify, OpenTelemetry 100 %, no hook spans", part: 15, rank: "stricter" },
];

/** What a request of a Fastify service costs more because of its telemetry. */
export const fastify: Part = {
  name: "fastify",
  title: "Requests of a Fastify service",
  from: "full",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = (
      await loadContestants(settings.mode === "quick" && settings.only === undefined ? quickFiles : files)
    ).filter(({ subject: { name } }) => name === bare || isWanted(name, settings.only));
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
  return [
    ...floorTarget(comparison, { ours: ours.nothing, floor, bare, limit: 2 }),
    ...floorTarget(comparison, { ours: ours.some, floor, bare, limit: 1.5 }),
    ...shareTargets(comparison, shares, bare),
  ];
}
