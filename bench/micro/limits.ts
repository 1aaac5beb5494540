import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, planOf } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 12, slices: 10, times: 50_000, warmUpTimes: 300_000 },
  quick: { rounds: 3, slices: 4, times: 30_000, warmUpTimes: 150_000 },
};

const span = "Gossamer span, 8 attributes";
const filtered = "Gossamer span, 8 attributes, 20 filters that fit none";
const limited = "8 attributes through the limits";
const copied = "8 attributes copied without limits";

const maxShare = 0.05;

/** What limits cost that nothing exceeds. */
export const limits: Part = {
  name: "limits",
  title: "Limits that nothing exceeds",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = await microSubjects(
      "gossamer-span-8",
      "gossamer-span-filters",
      "attributes-limited",
      "attributes-copied",
    );
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      async check(handle, _subject, when) {
        if (when === "before") return;
        const counted = await handle.drain();
        if (counted !== handle.done) throw new Error(`"${handle.name}" did ${counted ?? "none"} of ${handle.done}.`);
      },
    });
    const comparison = new Comparison(measured);
    const nanos = (name: string): string => {
      const { value, low, high } = comparison.cost(name);
      return estimate({ value: value * 1000, low: low * 1000, high: high * 1000 });
    };
    const spansALimit = comparison.ratio(span, limited, undefined, copied);
    const filteredTimes = comparison.ratio(filtered, span);
    return {
      text: [
        table(
          ["", "CPU ns"],
          [span, filtered, limited, copied].map((name) => [name, nanos(name)]),
        ),
        `A span costs ${estimate(spansALimit)} × what the limits add to its 8 attributes; with filters it costs ${estimate(filteredTimes)} ×.`,
      ].join("\n"),
      targets: [
        {
          promise: "Limits that nothing exceeds: a span is so many times their cost",
          bound: "at least",
          limit: 1 / maxShare,
          measured: spansALimit,
          rank: "asked",
        },
        {
          promise: "Filters that fit none: times a span without them",
          bound: "at most",
          limit: 1 + maxShare,
          measured: filteredTimes,
          rank: "asked",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicros: Object.fromEntries(measured) },
    };
  },
};
