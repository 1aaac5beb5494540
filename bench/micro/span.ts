import { type Measurements, runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, planOf } from "../parts/part.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 10, slices: 5, times: 40_000, warmUpTimes: 120_000 },
  quick: { rounds: 2, slices: 3, times: 20_000, warmUpTimes: 60_000 },
};

/** What tracez (a tracer in Rust) publishes: spans a second on one core, on another machine than this. Said beside our rate, never compared. */
const tracezSpansASecond = 1_840_000;
/** Spans with 64 attributes cost as much as ten with 8: of them there are fewer in a slice. */
const shareOfMany = 10;
/** By the number of attributes. */
const neededTimes: Readonly<Record<number, number>> = { 8: 10, 0: 8 };

/** A span started, ended and encoded to OTLP bytes. */
export const span: Part = {
  name: "span",
  title: "A span, started, ended and encoded",
  async run(settings) {
    const plan = planOf(plans, settings);
    const few = await microSubjects(
      "gossamer-span-8",
      "opentelemetry-span-8",
      "gossamer-span-8-new",
      "opentelemetry-span-8-new",
      "gossamer-span-0",
      "opentelemetry-span-0",
    );
    const many = await microSubjects("gossamer-span-64", "opentelemetry-span-64");
    const subjects = [...few, ...many];
    const measured: Measurements = new Map();
    for (const [some, share] of [
      [few, 1],
      [many, shareOfMany],
    ] as const) {
      const rounds = await runRounds(some, {
        plan: { ...plan, times: plan.times / share, warmUpTimes: plan.warmUpTimes / share },
        pinning: settings.pinning,
        sinkUrl: settings.sink.url,
        progress: (text) => settings.progress.say(text),
        async check(handle, _subject, when) {
          if (when === "before") return;
          const encoded = await handle.drain();
          if (encoded !== handle.done)
            throw new Error(`"${handle.name}" encoded ${encoded ?? "none"} of ${handle.done} spans.`);
        },
      });
      for (const [name, slices] of rounds) measured.set(name, slices);
    }
    const comparison = new Comparison(measured);
    const rows: string[][] = [];
    const targets: Target[] = [];
    for (const attributes of [8, "8 new", 0, 64] as const) {
      const ours = `Gossamer span, ${attributes} attributes`;
      const theirs = `OpenTelemetry span, ${attributes} attributes`;
      const times = comparison.ratio(theirs, ours);
      rows.push([`${attributes} attributes`, rate(comparison, ours), rate(comparison, theirs), estimate(times)]);
      const limit = attributes === "8 new" ? undefined : neededTimes[attributes];
      if (limit === undefined) continue;
      targets.push({
        promise: `A span with ${attributes} attributes: how many times faster than sdk-trace`,
        bound: "at least",
        limit,
        measured: times,
        rank: "asked",
      });
    }
    return {
      text: [
        table(["span", "Gossamer, million/s", "OpenTelemetry, million/s", "times faster"], rows),
        `Rates are of CPU time on this machine, now; tracez publishes ${number(tracezSpansASecond / 1e6)} million/s, for spans without attributes, measured elsewhere.`,
      ].join("\n"),
      targets,
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicrosASpan: Object.fromEntries(measured), tracezSpansASecond },
    };
  },
};

function rate(comparison: Comparison, name: string): string {
  const { value, low, high } = comparison.cost(name);
  return estimate({ value: 1 / value, low: 1 / high, high: 1 / low });
}
