import { baselineOf } from "../contestants/load-contestants.ts";
import type { RoundsPlan } from "../harness/run-rounds.ts";
import type { Bar } from "../report/plot.ts";
import { estimate, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import type { Comparison } from "../statistics/comparison.ts";
import { aaSpread } from "./aa-spread.ts";
import {
  contestantTable,
  floorTarget,
  measureContestants,
  type MeasuredContestants,
  type Share,
  shareTargets,
  comparedRows,
} from "./measure-contestants.ts";
import { type Mode, type Part, planOf } from "./part.ts";
import { otherRows } from "./variants.ts";

// At 1 % it takes 60,000 requests until V8 has optimised the writing of a span, which it has seen 600 times by then; peers are done after 25,000. The cost of
// that is a service's first minutes, not its days.
const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 10, slices: 3, times: 5000, warmUpTimes: 30_000, warmUpMs: 2_000 },
  quick: { rounds: 2, slices: 2, times: 5000, warmUpTimes: 20_000, warmUpMs: 500 },
};

const rows: readonly string[] = [
  "bare",
  "bare-again",
  "floor",
  "gossamer-0",
  "gossamer-1",
  "gossamer-100",
  "opentelemetry-0",
  "opentelemetry-1",
  "opentelemetry-1-server-only",
  "opentelemetry-100",
  "opentelemetry-100-server-only",
  "dd-trace-1",
  "dd-trace-100",
  "bare-errors",
  "gossamer-errors",
];

/** Rows of the same job, side by side. */
const shares: readonly Share[] = [
  { ours: "Gossamer 0 %", theirs: "OpenTelemetry 0 %", part: 25, rank: "asked" },
  { ours: "Gossamer 1 %", theirs: "OpenTelemetry 1 %", part: 30, rank: "asked" },
  { ours: "Gossamer 1 %", theirs: "dd-trace 1 %", part: 30, rank: "asked" },
  { ours: "Gossamer 1 %", theirs: "elastic-apm-node 1 %", rank: "stricter" },
  { ours: "Gossamer 100 %", theirs: "OpenTelemetry 100 %", part: 20, rank: "asked" },
  { ours: "Gossamer 100 %", theirs: "dd-trace 100 %", part: 20, rank: "asked" },
  { ours: "Gossamer 100 %, gzip", theirs: "OpenTelemetry 100 %, gzip", rank: "stricter" },
  { ours: "Gossamer 100 %, gzip", theirs: "elastic-apm-node 100 %, gzip", rank: "stricter" },
  { ours: "Gossamer 0 %", theirs: "OpenTelemetry 0 %, no layer spans", part: 25, rank: "stricter" },
  { ours: "Gossamer 1 %", theirs: "OpenTelemetry 1 %, no layer spans", part: 30, rank: "stricter" },
  { ours: "Gossamer 1 %", theirs: "dd-trace 1 %, rest discarded", part: 30, rank: "stricter" },
  { ours: "Gossamer 100 %", theirs: "OpenTelemetry 100 %, no layer spans", part: 20, rank: "stricter" },
];

const maxFloors = 1.5;

/** What a request costs more because of its telemetry. */
export const requests: Part = {
  name: "requests",
  title: "Requests of an Express service",
  async run(settings) {
    const plan = planOf(plans, settings);
    const fixed = settings.mode === "quick" ? comparedRows : rows;
    // What is asked for by name may be any row there is.
    const all = settings.only === undefined ? fixed : [...rows, ...otherRows];
    const result = await measureContestants(settings, plan, all);
    const { contestants, comparison, measured, delivered } = result;
    const spread = aaSpread(comparison);
    return {
      text: [
        contestantTable(result),
        spread.text,
        ...ratioLines(comparison),
        "added µs: CPU of the whole process, more than bare (rows with errors: more than bare with errors) in the same round; median and 95 % interval.",
        "spans, attributes (of the server span) and bytes a request are what arrived at the sink and is kept there.",
      ].join("\n"),
      targets: targetsOf(comparison),
      bars: barsOf(result),
      packages: contestants.flatMap(({ packages }) => packages),
      data: {
        plan,
        cpuMicrosARequest: Object.fromEntries(measured),
        spread,
        delivered: Object.fromEntries(delivered),
        added: addedOf(result),
      },
    };
  },
};

function ratioLines(comparison: Comparison): string[] {
  const known = shares.filter(
    ({ ours, theirs }, i) =>
      comparison.has(ours) &&
      comparison.has(theirs) &&
      shares.findIndex((share) => share.ours === ours && share.theirs === theirs) === i,
  );
  if (known.length === 0) return [];
  const lines = known.map(({ ours, theirs }) => {
    const times = comparison.ratio(theirs, ours, baselineOf.answers);
    return [`${theirs}  /  ${ours}`, `${estimate(times)} ×`];
  });
  return ["", table(["the same job", "adds"], lines), ""];
}

function targetsOf(comparison: Comparison): Target[] {
  const bare = baselineOf.answers;
  const targets = [
    ...shareTargets(comparison, shares, bare),
    ...floorTarget(comparison, { ours: "Gossamer 1 %", floor: "floor", bare, limit: maxFloors }),
  ];
  const errors = "Gossamer 1 %, all errors kept";
  if (comparison.has(errors) && comparison.has("Gossamer 100 %")) {
    targets.push({
      promise: "Every request fails, ratio 0.01: cost relative to 100 % sampled",
      bound: "at most",
      limit: 1,
      measured: comparison.ratio(errors, "Gossamer 100 %", baselineOf.errors, baselineOf.answers),
      rank: "asked",
    });
  }
  return targets;
}

function barsOf({ contestants, comparison }: MeasuredContestants): Bar[] {
  return contestants
    .filter(({ name, workload }) => name !== baselineOf[workload])
    .map(({ name, workload }) => ({
      label: name,
      addedMicros: comparison.added(name, baselineOf[workload]),
      timesFloor: comparison.has("floor")
        ? comparison.ratio(name, "floor", baselineOf[workload], baselineOf.answers)
        : undefined,
    }));
}

function addedOf({ contestants, comparison }: MeasuredContestants): Record<string, unknown> {
  const compared = contestants.filter(({ name, workload }) => name !== baselineOf[workload]);
  return Object.fromEntries(
    compared.map(({ name, workload }) => [
      name,
      {
        baseline: baselineOf[workload],
        addedMicros: comparison.added(name, baselineOf[workload]),
        addedMicrosByRound: comparison.addedByRound(name, baselineOf[workload]),
      },
    ]),
  );
}
