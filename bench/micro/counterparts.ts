import { loadSubject } from "../harness/load-subject.ts";
import { type Measurements, runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, type PartSettings, planOf } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import { Comparison } from "../statistics/comparison.ts";
import { nameOfPiece, type Piece, pieces, shareOf, sides } from "./counterparts/pieces.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 6, slices: 6, times: 100_000, warmUpTimes: 200_000 },
  quick: { rounds: 2, slices: 3, times: 50_000, warmUpTimes: 100_000 },
};

const all = Object.keys(pieces) as Piece[];

/** Single pieces of a request's telemetry, each beside OpenTelemetry's. */
export const counterparts: Part = {
  name: "counterparts",
  title: "Pieces, each beside OpenTelemetry's",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const measured: Measurements = new Map();
    const packages: string[] = [];
    for (const piece of all) {
      const { rounds, versions } = await runPiece(piece, plan, settings);
      for (const [name, slices] of rounds) measured.set(name, slices);
      packages.push(...versions);
    }
    const comparison = new Comparison(measured);
    return {
      text: [
        table(
          ["", "Gossamer, CPU ns", "OpenTelemetry, CPU ns", "times faster"],
          all.map((piece) => [
            pieces[piece],
            ...sides.map((side) => nanos(comparison.cost(nameOfPiece(piece, side)))),
            estimate(comparison.ratio(nameOfPiece(piece, "OpenTelemetry"), nameOfPiece(piece, "Gossamer"))),
          ]),
        ),
        "Deciding, contexts and parsing hold what it takes to call them in a loop and to look at the answer: the difference of the pieces themselves is larger, not smaller.",
      ].join("\n"),
      targets: [],
      packages,
      data: { plan, shares: shareOf, cpuMicrosAPiece: Object.fromEntries(measured) },
    };
  },
};

async function runPiece(
  piece: Piece,
  plan: RoundsPlan,
  settings: PartSettings,
): Promise<{ rounds: Measurements; versions: readonly string[] }> {
  const subjects = await Promise.all(
    sides.map((side) => {
      const url = new URL("./counterparts/counterpart-subject.ts", import.meta.url);
      url.searchParams.set("piece", piece);
      url.searchParams.set("side", side);
      return loadSubject(url);
    }),
  );
  const share = shareOf[piece];
  const rounds = await runRounds(subjects, {
    plan: { ...plan, times: Math.ceil(plan.times / share), warmUpTimes: Math.ceil(plan.warmUpTimes / share) },
    pinning: settings.pinning,
    sinkUrl: settings.sink.url,
    progress: (text) => settings.progress.say(`${pieces[piece]}: ${text}`),
    async check(handle, _subject, when) {
      if (when === "before") return;
      const counted = await handle.drain();
      if (counted !== handle.done)
        throw new Error(`"${handle.name}" did ${counted ?? "not its work"} of ${handle.done}.`);
    },
  });
  return { rounds, versions: subjects.flatMap(({ subject }) => subject.packages) };
}

function nanos({ value, low, high }: Estimate): string {
  return estimate({ value: value * 1000, low: low * 1000, high: high * 1000 });
}
