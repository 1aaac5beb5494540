import { eachFresh } from "../harness/each-fresh.ts";
import type { Part } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const rounds = { full: 15, quick: 4 } as const;
const neededShare = 1 / 15;

/** What importing and starting the telemetry of an Express service takes. */
export const start: Part = {
  name: "start",
  title: "Import and start",
  async run(settings) {
    const subjects = await microSubjects("gossamer-start", "opentelemetry-start");
    const wallMs = new Map<string, number[]>(subjects.map(({ subject }) => [subject.name, []]));
    const measured = await eachFresh(subjects, {
      rounds: settings.rounds ?? rounds[settings.mode],
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      async measure(handle) {
        wallMs.get(handle.name)?.push(handle.setup.ms);
        return handle.setup.cpuMs;
      },
    });
    const cpu = new Comparison(measured);
    const wall = new Comparison(new Map([...wallMs].map(([name, values]) => [name, values.map((value) => [value])])));
    const names = subjects.map(({ subject }) => subject.name);
    const [ours, theirs] = [names[0]!, names[1]!];
    return {
      text: table(
        ["", "CPU ms", "ms until started"],
        [
          ...names.map((name) => [name, estimate(cpu.cost(name)), estimate(wall.cost(name))]),
          [
            "OpenTelemetry / Gossamer",
            `${estimate(cpu.ratio(theirs, ours))} ×`,
            `${estimate(wall.ratio(theirs, ours))} ×`,
          ],
        ],
      ),
      targets: [
        {
          promise: "Import and start, CPU: share of sdk-node (1/15)",
          bound: "at most",
          limit: neededShare,
          measured: cpu.ratio(ours, theirs),
          rank: "asked",
        },
        {
          promise: "Import and start, time: share of sdk-node (1/15)",
          bound: "at most",
          limit: neededShare,
          measured: wall.ratio(ours, theirs),
          rank: "asked",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { cpuMs: Object.fromEntries(measured), wallMs: Object.fromEntries(wallMs) },
    };
  },
};
