import type { Garbage } from "../harness/count-garbage.ts";
import { eachFresh } from "../harness/each-fresh.ts";
import type { Measurements } from "../harness/run-rounds.ts";
import { isWanted, type Part } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";
import { batchSpans } from "./subjects/export-batch.ts";

const rounds = { full: 5, quick: 2 } as const;
const warmUpExports = 300;
const exportsMeasured = 1000;

/** What an export costs, most of which is the same whatever is in it, and how often it has V8 collect the whole heap of its service. */
export const exports: Part = {
  name: "exports",
  title: `An export of ${batchSpans} spans, made, encoded and sent`,
  from: "long",
  async run(settings) {
    const all = await microSubjects(
      "gossamer-export-gzip",
      "opentelemetry-export-gzip",
      "gossamer-export-none",
      "opentelemetry-export-none",
    );
    const subjects = all.filter(({ subject: { name } }) => isWanted(name, settings.only));
    const names = subjects.map(({ subject }) => subject.name);
    const fullCollections: Measurements = new Map(names.map((name) => [name, []]));
    const cpuMicros = await eachFresh(subjects, {
      rounds: settings.rounds ?? rounds[settings.mode],
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      serviceName: "exports",
      progress: (text) => settings.progress.say(text),
      async measure(handle) {
        await handle.slice(warmUpExports);
        const garbage: Garbage = await handle.garbage(exportsMeasured);
        fullCollections.get(handle.name)!.push([garbage.fullCollections]);
        return garbage.cpuMicros / exportsMeasured;
      },
    });
    const micros = new Comparison(cpuMicros);
    const full = new Comparison(fullCollections);
    return {
      text: [
        table(
          ["", "µs of CPU an export", `full collections in ${exportsMeasured} exports`],
          names.map((name) => [name, estimate(micros.cost(name)), estimate(full.cost(name))]),
        ),
        "CPU is that of all threads, and of making the spans. A full collection takes the longer the larger the service's heap is; here it is almost empty.",
      ].join("\n"),
      targets: [],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: {
        batchSpans,
        exportsMeasured,
        cpuMicrosAnExport: Object.fromEntries(cpuMicros),
        fullCollections: Object.fromEntries(fullCollections),
      },
    };
  },
};
