import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, planOf } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 6, slices: 8, times: 2_000_000, warmUpTimes: 4_000_000 },
  quick: { rounds: 2, slices: 4, times: 500_000, warmUpTimes: 1_000_000 },
};

const loop = "Gossamer nothing";
const theirCounter = "OpenTelemetry counter";
const theirHistogram = "OpenTelemetry histogram";

/** What the service's own metrics cost, one by one. */
export const metrics: Part = {
  name: "metrics",
  title: "A value of the service's own metrics",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = await microSubjects(
      "gossamer-metrics-nothing",
      "gossamer-metrics-bound-counter",
      "gossamer-metrics-bound-histogram",
      "gossamer-metrics-counter",
      "gossamer-metrics-histogram",
      "opentelemetry-metrics-counter",
      "opentelemetry-metrics-histogram",
    );
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
    });
    const comparison = new Comparison(measured);
    const rows = [...measured.keys()].map((name) => {
      const { value, low, high } = name === loop ? comparison.cost(name) : comparison.added(name, loop);
      return [name, estimate({ value: value * 1_000, low: low * 1_000, high: high * 1_000 })];
    });
    const bound = comparison.added("Gossamer bound counter", loop);
    return {
      text: [
        table(["a value", "CPU ns"], rows),
        "With three attributes in a new object each time, or bound; the cost of the loop itself, which is the first row, is taken off the others.",
      ].join("\n"),
      targets: [
        {
          promise: "A bound counter, in ns",
          bound: "at most",
          limit: 5,
          measured: { value: bound.value * 1_000, low: bound.low * 1_000, high: bound.high * 1_000 },
          rank: "asked",
        },
        {
          promise: "A value in a bound histogram: how many times faster than sdk-metrics",
          bound: "at least",
          limit: 30,
          measured: comparison.ratio(theirHistogram, "Gossamer bound histogram", loop, loop),
          rank: "asked",
        },
        {
          promise: "A value in a histogram, with three attributes: how many times faster than sdk-metrics",
          bound: "at least",
          limit: 8,
          measured: comparison.ratio(theirHistogram, "Gossamer histogram", loop, loop),
          rank: "asked",
        },
        {
          promise: "A counter with three attributes: how many times faster than sdk-metrics",
          bound: "at least",
          limit: 8,
          measured: comparison.ratio(theirCounter, "Gossamer counter", loop, loop),
          rank: "stricter",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicrosAValue: Object.fromEntries(measured) },
    };
  },
};
