import { loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck, type Delivered } from "../harness/contestant-check.ts";
import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { Comparison } from "../statistics/comparison.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { aaSpread } from "./aa-spread.ts";
import { type Mode, type Part, planOf } from "./part.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 4, slices: 3, times: 5000, warmUpTimes: 20_000, warmUpMs: 1_000 },
  quick: { rounds: 2, slices: 2, times: 5000, warmUpTimes: 20_000 },
};

/** The rows of a platform alone, and of Nest on it; answers are compared within each. */
const platforms = [
  {
    on: "Nest on Express",
    bare: "bare",
    floor: "floor",
    ours: "Gossamer 0 %",
    files: ["bare", "floor", "gossamer-0", ...rowsOf("nest-express")],
  },
  {
    on: "Nest on Fastify",
    bare: "Fastify, bare",
    floor: "Fastify, floor",
    ours: "Fastify, Gossamer 0 %",
    files: ["fastify-bare", "fastify-floor", "fastify-gossamer-0", ...rowsOf("nest-fastify")],
  },
] as const;

function rowsOf(prefix: string): string[] {
  return ["bare", "gossamer-0", "gossamer-100"].map((row) => `${prefix}-${row}`);
}

/** Where OpenTelemetry can be compared with: its instrumentation patches Nest up to 11. */
const nest11 = {
  bare: "Nest 11, bare",
  files: [
    ...["bare", "bare-again", "gossamer-1", "gossamer-100"],
    ...["opentelemetry-1", "opentelemetry-100", "opentelemetry-100-server-only"],
  ].map((row) => `nest-11-${row}`),
  pairs: [
    { ours: "Nest 11, Gossamer 1 %", theirs: "Nest 11, OpenTelemetry 1 %" },
    { ours: "Nest 11, Gossamer 100 %", theirs: "Nest 11, OpenTelemetry 100 %" },
    { ours: "Nest 11, Gossamer 100 %", theirs: "Nest 11, OpenTelemetry 100 %, no Express spans" },
  ],
} as const;

const maxFloorsBeyond = 0.5;

/** What a request of a Nest service costs more because of its telemetry, and how much of that is Nest's part. */
export const nest: Part = {
  name: "nest",
  title: "Requests of a Nest service",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const measured = new Map<string, number[][]>();
    const delivered = new Map<string, Delivered>();
    const packages: string[] = [];
    for (const { files } of [...platforms, nest11]) {
      const subjects = await loadContestants(files);
      const check = new ContestantCheck(settings.sink);
      const rounds = await runRounds(subjects, {
        plan,
        pinning: settings.pinning,
        sinkUrl: settings.sink.url,
        progress: (text) => settings.progress.say(text),
        check: (handle, subject, when) => check[when](handle, subject),
      });
      for (const [name, slices] of rounds) measured.set(name, slices);
      for (const [name, sum] of check.delivered) delivered.set(name, sum);
      packages.push(...subjects.flatMap(({ subject }) => subject.packages));
    }
    const comparison = new Comparison(measured);
    const lines = platforms.flatMap(({ on, bare, floor }) =>
      ["Gossamer 0 %", "Gossamer 100 %"].map((row) => {
        const name = `${on}, ${row}`;
        const sum = delivered.get(name);
        return [
          name,
          estimate(comparison.added(name, `${on}, bare`)),
          estimate(comparison.ratio(name, floor, `${on}, bare`, bare)),
          sum === undefined ? "" : number(sum.spans / sum.requests),
        ];
      }),
    );
    lines.push(...nest11Lines(comparison, delivered));
    const control = { control: "Nest 11, bare again (A/A)", bare: nest11.bare, floor: "floor" };
    const spread = aaSpread(comparison, control);
    return {
      text: [
        table(["contestant", "added µs a request", "× floor", "spans"], lines),
        `Nest 11, ${spread.text}`,
        "",
        table(["the same job", "adds"], ratioLines(comparison)),
      ].join("\n"),
      targets: platforms.map(({ on, bare, floor, ours }): Target => ({
        promise: `${on}, nothing sampled: floors beyond what its platform's adapter adds`,
        bound: "at most",
        limit: maxFloorsBeyond,
        measured: comparison.addedBeyond(
          { name: `${on}, Gossamer 0 %`, baseline: `${on}, bare` },
          { name: ours, baseline: bare },
          floor,
        ),
        rank: "asked",
      })),
      packages,
      data: {
        plan,
        cpuMicrosARequest: Object.fromEntries(measured),
        delivered: Object.fromEntries(delivered),
        spread,
      },
    };
  },
};

function nest11Lines(comparison: Comparison, delivered: ReadonlyMap<string, Delivered>): string[][] {
  const names = new Set(nest11.pairs.flatMap(({ ours, theirs }) => [ours, theirs]));
  return [...names].map((name) => {
    const sum = delivered.get(name);
    return [
      name,
      estimate(comparison.added(name, nest11.bare)),
      estimate(comparison.ratio(name, "floor", nest11.bare, "bare")),
      sum === undefined ? "" : number(sum.spans / sum.requests),
    ];
  });
}

function ratioLines(comparison: Comparison): string[][] {
  return nest11.pairs.map(({ ours, theirs }) => [
    `${theirs}  /  ${ours}`,
    `${estimate(comparison.ratio(theirs, ours, nest11.bare))} ×`,
  ]);
}
