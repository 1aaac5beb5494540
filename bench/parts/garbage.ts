import { baselineOf, loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import type { Garbage } from "../harness/count-garbage.ts";
import { eachFresh } from "../harness/each-fresh.ts";
import type { Measurements } from "../harness/run-rounds.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import type { Mode, Part } from "./part.ts";

interface GarbagePlan {
  /** Fresh processes of every contestant. */
  readonly rounds: number;
  readonly slices: number;
  /** Requests in a slice: so few that the spans of one do not pile up before they leave. */
  readonly times: number;
  readonly warmUpTimes: number;
}

const plans: Readonly<Record<Mode, GarbagePlan>> = {
  full: { rounds: 4, slices: 3, times: 5000, warmUpTimes: 15_000 },
  quick: { rounds: 2, slices: 2, times: 3000, warmUpTimes: 6000 },
};

const files: Readonly<Record<Mode, readonly string[]>> = {
  full: [
    "bare",
    "floor",
    "gossamer-0",
    "gossamer-1",
    "gossamer-100",
    "opentelemetry-0",
    "opentelemetry-1",
    "opentelemetry-100",
  ],
  quick: ["bare", "floor", "gossamer-0", "gossamer-100", "opentelemetry-0", "opentelemetry-100"],
};

const bare: string = baselineOf.answers;

/** What a request leaves to the garbage collector, and what that costs. */
export const garbage: Part = {
  name: "garbage",
  title: "Bytes allocated a request, and their collection",
  from: "long",
  async run(settings) {
    const plan = { ...plans[settings.mode], ...(settings.rounds === undefined ? {} : { rounds: settings.rounds }) };
    const subjects = await loadContestants(files[settings.mode]);
    const contestants = new Map(subjects.map(({ subject }) => [subject.name, subject]));
    const check = new ContestantCheck(settings.sink);
    const gcShare: Measurements = new Map(subjects.map(({ subject }) => [subject.name, []]));
    const gcMicros: Measurements = new Map(subjects.map(({ subject }) => [subject.name, []]));
    const allocated = await eachFresh(subjects, {
      rounds: plan.rounds,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      serviceName: "garbage",
      progress: (text) => settings.progress.say(text),
      async measure(handle) {
        const contestant = contestants.get(handle.name)!;
        await check.before(handle, contestant);
        for (let times = 0; times < plan.warmUpTimes; times += plan.times) await handle.slice(plan.times);
        const slices: Garbage[] = [];
        for (let slice = 0; slice < plan.slices; slice++) slices.push(await handle.garbage(plan.times));
        await check.after(handle, contestant);
        const sum = (read: (slice: Garbage) => number): number => slices.reduce((all, slice) => all + read(slice), 0);
        const requests = plan.slices * plan.times;
        gcShare.get(handle.name)!.push([(100 * sum((slice) => slice.gcMicros)) / sum((slice) => slice.cpuMicros)]);
        gcMicros.get(handle.name)!.push([sum((slice) => slice.gcMicros) / requests]);
        return sum((slice) => slice.allocatedBytes) / requests;
      },
    });
    const bytes = new Comparison(allocated);
    const shares = new Comparison(gcShare);
    const micros = new Comparison(gcMicros);
    return {
      text: [
        table(
          ["contestant", "bytes a request", "more than bare", "GC, % of CPU", "GC µs a request", "more than bare"],
          [...contestants.keys()].map((name) => [
            name,
            estimate(bytes.cost(name)),
            name === bare ? "" : estimate(bytes.added(name, bare)),
            estimate(shares.cost(name)),
            estimate(micros.cost(name)),
            name === bare ? "" : estimate(micros.added(name, bare)),
          ]),
        ),
        "Bytes of the JavaScript heap, as V8 reports them before and after each collection; buffers outside of it are not in it.",
        "GC is the time in which it held the thread; what its helper threads do besides is in the CPU alone.",
      ].join("\n"),
      targets: [],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: {
        plan,
        bytesARequest: Object.fromEntries(allocated),
        gcPercentOfCpu: Object.fromEntries(gcShare),
        gcMicrosARequest: Object.fromEntries(gcMicros),
      },
    };
  },
};
