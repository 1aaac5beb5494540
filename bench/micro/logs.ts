import { runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { type Mode, type Part, planOf } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 10, slices: 8, times: 20_000, warmUpTimes: 100_000 },
  quick: { rounds: 2, slices: 3, times: 10_000, warmUpTimes: 40_000 },
};

const neededTimes = 3;
const line = "Gossamer exchange, a line a request";
const noLine = "Gossamer exchange, no lines";
const pinoHttp = "pino-http, a line a request";
const objects = "request objects alone";
const mixed = "a pino line, with the mixin";
const plain = "a pino line, without";
const exported = "a line of the service, by OTLP too";
const writtenAlone = "a line of the service, written alone";
const neededMicros = 2;

/** What a request's log line costs, and the ids on a line of the service. */
export const logs: Part = {
  name: "logs",
  title: "Log lines, on one pino and a destination that keeps nothing",
  async run(settings) {
    const plan = planOf(plans, settings);
    const subjects = await microSubjects(
      "gossamer-request-line-on",
      "gossamer-request-line-off",
      "request-line-pino-http",
      "request-line-objects",
      "gossamer-mixin-on",
      "gossamer-mixin-off",
      "gossamer-otlp-line-on",
      "gossamer-otlp-line-off",
    );
    const measured = await runRounds(subjects, {
      plan,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      async check(handle, subject, when) {
        if (when === "before" || subject.name === objects || subject.name === noLine) return;
        const lines = await handle.drain();
        if (lines !== handle.done)
          throw new Error(`"${subject.name}" wrote ${lines ?? "no"} lines for ${handle.done}.`);
      },
    });
    const comparison = new Comparison(measured);
    const times = comparison.ratio(pinoHttp, line, objects, noLine);
    const nanos = (name: string, baseline: string): string => {
      const { value, low, high } = comparison.added(name, baseline);
      return estimate({ value: value * 1000, low: low * 1000, high: high * 1000 });
    };
    return {
      text: [
        table(
          ["added", "CPU ns"],
          [
            ["a request's line by Gossamer, to an exchange", nanos(line, noLine)],
            ["a request's line by pino-http, to the request alone", nanos(pinoHttp, objects)],
            ["Gossamer's exchange and line together, to the request alone", nanos(line, objects)],
            ["the mixin, to a line of the service", nanos(mixed, plain)],
            ["leaving by OTLP too, to a line of the service", nanos(exported, writtenAlone)],
          ],
        ),
        `pino-http's line costs ${estimate(times)} × ours.`,
      ].join("\n"),
      targets: [
        {
          promise: "A request line: how many times cheaper than pino-http's",
          bound: "at least",
          limit: neededTimes,
          measured: times,
          rank: "asked",
        },
        {
          promise: "A log record over OTLP: µs in addition to the line itself",
          bound: "at most",
          limit: neededMicros,
          measured: comparison.added(exported, writtenAlone),
          rank: "asked",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { plan, cpuMicros: Object.fromEntries(measured) },
    };
  },
};
