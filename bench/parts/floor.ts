import { baselineOf, loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { Comparison } from "../statistics/comparison.ts";
import { estimate, table } from "../report/table.ts";
import { aaSpread } from "./aa-spread.ts";
import { type Mode, type Part, planOf } from "./part.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 20, slices: 6, times: 2500, warmUpTimes: 60_000 },
  quick: { rounds: 5, slices: 5, times: 3000, warmUpTimes: 40_000 },
};

const ours = "Gossamer 0 %";
const maxFloors = 2;

/**
 * The cheapest contestants by themselves, in many more processes: what they add is about as much as two processes of the same service
 * differ, so that only the number of processes can tell it.
 */
export const floor: Part = {
  name: "floor",
  title: "Nothing sampled, against the floor",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = await loadContestants(["bare", "bare-again", "floor", "gossamer-0"]);
    const check = new ContestantCheck(settings.sink);
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      check: (handle, subject, when) => check[when](handle, subject),
    });
    const comparison = new Comparison(measured);
    const spread = aaSpread(comparison);
    const floors = comparison.ratio(ours, "floor", baselineOf.answers);
    const rows = subjects
      .slice(1)
      .map(({ subject: { name } }) => [
        name,
        estimate(comparison.added(name, baselineOf.answers)),
        estimate(comparison.ratio(name, "floor", baselineOf.answers)),
      ]);
    return {
      text: [table(["contestant", "added µs a request", "× floor"], rows), spread.text].join("\n"),
      targets: [
        {
          promise: "Express, nothing sampled, metrics on: multiples of the floor",
          bound: "at most",
          limit: maxFloors,
          measured: floors,
          rank: "asked",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicrosARequest: Object.fromEntries(measured), spread, timesFloor: floors },
    };
  },
};
