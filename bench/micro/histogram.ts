import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, planOf } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 12, slices: 12, times: 200_000, warmUpTimes: 500_000 },
  quick: { rounds: 3, slices: 6, times: 50_000, warmUpTimes: 150_000 },
};

const neededTimes = 30;
const on = "Gossamer exchange, metrics on";
const off = "Gossamer exchange, metrics off";
const theirs = "OpenTelemetry histogram record";

/** What recording a request's duration costs. */
export const histogram: Part = {
  name: "histogram",
  title: "A histogram record, through the exchange",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = await microSubjects(
      "gossamer-exchange-metrics-on",
      "gossamer-exchange-metrics-off",
      "opentelemetry-histogram",
    );
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      async check(handle, subject, when) {
        if (subject.name !== on || when === "before") return;
        await handle.drain();
        const { requests } = await settings.sink.totals(handle.serviceName);
        if (requests !== handle.done)
          throw new Error(`Of ${handle.done} exchanges the histogram counts ${requests ?? "none"}.`);
      },
    });
    const comparison = new Comparison(measured);
    const times = comparison.ratio(theirs, on, undefined, off);
    const nanos = (name: string): string => {
      const { value, low, high } = comparison.cost(name);
      return estimate({ value: value * 1000, low: low * 1000, high: high * 1000 });
    };
    const added = comparison.added(on, off);
    return {
      text: [
        table(
          ["a request", "CPU ns"],
          [
            [on, nanos(on)],
            [off, nanos(off)],
            [
              "the difference: active requests up and down, one histogram record",
              estimate({ value: added.value * 1000, low: added.low * 1000, high: added.high * 1000 }),
            ],
            [theirs, nanos(theirs)],
          ],
        ),
        `OpenTelemetry's record costs ${estimate(times)} × the difference.`,
      ].join("\n"),
      targets: [
        {
          promise: "A histogram record: how many times faster than sdk-metrics",
          bound: "at least",
          limit: neededTimes,
          measured: times,
          rank: "asked",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicrosARecord: Object.fromEntries(measured) },
    };
  },
};
