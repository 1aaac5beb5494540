import type { Contestant } from "../contestants/contestant.ts";
import { baselineOf, loadContestants, quickFiles } from "../contestants/load-contestants.ts";
import { ContestantCheck, type Delivered } from "../harness/contestant-check.ts";
import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import type { Bar } from "../report/plot.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { Comparison } from "../statistics/comparison.ts";
import { aaSpread } from "./aa-spread.ts";
import { type Mode, type Part, planOf } from "./part.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 10, slices: 8, times: 3000, warmUpTimes: 40_000 },
  quick: { rounds: 3, slices: 4, times: 2000, warmUpTimes: 30_000 },
};

/** Rows of the same job, side by side. */
const pairs: readonly {
  readonly ours: string;
  readonly theirs: string;
  readonly part?: number;
  readonly rank: Target["rank"];
}[] = [
  { ours: "Gossamer 0 %", theirs: "OpenTelemetry 0 %", part: 25, rank: "asked" },
  { ours: "Gossamer 1 %", theirs: "OpenTelemetry 1 %", part: 25, rank: "stricter" },
  { ours: "Gossamer 100 %", theirs: "OpenTelemetry 100 %", part: 15, rank: "asked" },
  { ours: "Gossamer 100 %, gzip", theirs: "OpenTelemetry 100 %, gzip", rank: "stricter" },
  { ours: "Gossamer 0 %", theirs: "OpenTelemetry 0 %, no layer spans", part: 25, rank: "stricter" },
  { ours: "Gossamer 1 %", theirs: "OpenTelemetry 1 %, no layer spans", part: 25, rank: "stricter" },
  { ours: "Gossamer 100 %", theirs: "OpenTelemetry 100 %, no layer spans", part: 15, rank: "stricter" },
];

/** What a request costs more because of its telemetry. */
export const requests: Part = {
  name: "requests",
  title: "Requests of an Express service",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = (
      await loadContestants(settings.mode === "quick" && settings.only === undefined ? quickFiles : undefined)
    ).filter(({ subject }) => isWanted(subject, settings.only));
    const check = new ContestantCheck(settings.sink);
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      check: (handle, subject, when) => check[when](handle, subject),
    });
    const contestants = subjects.map(({ subject }) => subject);
    const comparison = new Comparison(measured);
    const spread = aaSpread(comparison);
    return {
      text: [
        table(
          ["contestant", "added µs a request", "× floor", "spans", "attributes", "bytes"],
          contestants.map((contestant) => row(contestant, comparison, check.delivered.get(contestant.name))),
        ),
        spread.text,
        ...ratioLines(comparison),
        "added µs: CPU of the whole process, more than bare (rows with errors: more than bare with errors) in the same round; median and 95 % interval.",
        "spans, attributes (of the server span) and bytes a request are what arrived at the sink.",
      ].join("\n"),
      targets: targetsOf(comparison),
      bars: barsOf(contestants, comparison),
      packages: contestants.flatMap(({ packages }) => packages),
      data: {
        plan,
        cpuMicrosARequest: Object.fromEntries(measured),
        spread,
        delivered: Object.fromEntries(check.delivered),
        added: addedOf(contestants, comparison),
      },
    };
  },
};

function isWanted(contestant: Contestant, only: readonly string[] | undefined): boolean {
  if (only === undefined || Object.values(baselineOf).includes(contestant.name)) return true;
  return only.some((part) => contestant.name.toLowerCase().includes(part.toLowerCase()));
}

function row(contestant: Contestant, comparison: Comparison, delivered: Delivered | undefined): string[] {
  const { name, workload } = contestant;
  const baseline = baselineOf[workload];
  const arrived = delivered === undefined || delivered.serverSpans === 0 ? ["", "", ""] : perRequest(delivered);
  if (name === baseline) return [name, "", "", ...arrived];
  const floors = comparison.has("floor") ? estimate(comparison.ratio(name, "floor", baseline, baselineOf.answers)) : "";
  return [name, estimate(comparison.added(name, baseline)), floors, ...arrived];
}

function perRequest(sum: Delivered): string[] {
  return [sum.spans / sum.requests, sum.serverAttributes / sum.serverSpans, sum.wireBytes / sum.requests].map(number);
}

function ratioLines(comparison: Comparison): string[] {
  const known = pairs.filter(({ ours, theirs }) => comparison.has(ours) && comparison.has(theirs));
  if (known.length === 0) return [];
  const rows = known.map(({ ours, theirs }) => {
    const times = comparison.ratio(theirs, ours, baselineOf.answers);
    return [`${theirs}  /  ${ours}`, `${estimate(times)} ×`];
  });
  return ["", table(["the same job", "adds"], rows), ""];
}

function targetsOf(comparison: Comparison): Target[] {
  const targets: Target[] = [];
  for (const { ours, theirs, part, rank } of pairs) {
    if (part === undefined || !comparison.has(ours) || !comparison.has(theirs)) continue;
    const measured = comparison.ratio(ours, theirs, baselineOf.answers);
    targets.push({
      promise: `${ours}: share of ${theirs} (1/${part})`,
      bound: "at most",
      limit: 1 / part,
      measured,
      rank,
    });
  }
  const errors = "Gossamer 1 %, all errors kept";
  if (comparison.has(errors) && comparison.has("Gossamer 100 %")) {
    targets.push({
      promise: "100 % errors at ratio 0.01: share of 100 % sampled",
      bound: "at most",
      limit: 1,
      measured: comparison.ratio(errors, "Gossamer 100 %", baselineOf.errors, baselineOf.answers),
      rank: "asked",
    });
  }
  return targets;
}

function barsOf(contestants: readonly Contestant[], comparison: Comparison): Bar[] {
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

function addedOf(contestants: readonly Contestant[], comparison: Comparison): Record<string, unknown> {
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
