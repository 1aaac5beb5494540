import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, planOf } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 10, slices: 8, times: 200_000, warmUpTimes: 500_000 },
  quick: { rounds: 3, slices: 4, times: 100_000, warmUpTimes: 200_000 },
};

const context = "AsyncLocalStorage.run";
const maxContexts = 2;

/** What deciding costs, with each sampler and with many rules and routes. */
export const deciding: Part = {
  name: "deciding",
  title: "Deciding on a request",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = await microSubjects(
      "deciding-context",
      "deciding-rules-0",
      "deciding-rules-10",
      "deciding-rules-1000",
      "deciding-routes-5000",
      "deciding-adaptive",
      "deciding-rate-limit",
      "deciding-rollout",
      "deciding-priority",
      "deciding-tiered",
    );
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      async check(handle, _subject, when) {
        if (when === "before") return;
        const counted = await handle.drain();
        if (counted !== handle.done)
          throw new Error(`"${handle.name}" decided ${counted ?? "none"} of ${handle.done}.`);
      },
    });
    const comparison = new Comparison(measured);
    const samplers = subjects.map(({ subject }) => subject.name).filter((name) => name !== context);
    const nanos = (name: string): string => {
      const { value, low, high } = comparison.cost(name);
      return estimate({ value: value * 1000, low: low * 1000, high: high * 1000 });
    };
    const times = new Map(samplers.map((name) => [name, comparison.ratio(name, context)]));
    return {
      text: table(
        ["", "CPU ns", `× ${context}`],
        [[context, nanos(context), "1"], ...samplers.map((name) => [name, nanos(name), estimate(times.get(name)!)])],
      ),
      targets: samplers.map((name): Target => ({
        promise: `Deciding, ${name}: times one AsyncLocalStorage.run`,
        bound: "at most",
        limit: maxContexts,
        measured: times.get(name)!,
        rank: "asked",
      })),
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicrosADecision: Object.fromEntries(measured) },
    };
  },
};
