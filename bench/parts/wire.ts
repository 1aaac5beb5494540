import { loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck, type Delivered } from "../harness/contestant-check.ts";
import { eachFresh } from "../harness/each-fresh.ts";
import { number, table } from "../report/table.ts";
import type { Mode, Part } from "./part.ts";

const files: readonly string[] = [
  "gossamer-100",
  "gossamer-100-gzip",
  "opentelemetry-100",
  "opentelemetry-100-gzip",
  "opentelemetry-100-server-only",
];

const slices: Readonly<Record<Mode, number>> = { full: 5, quick: 1 };
const times = 2000;

/** What spans are on their way to the collector. */
export const wire: Part = {
  name: "wire",
  title: "Bytes on the wire",
  from: "full",
  async run(settings) {
    const subjects = await loadContestants(files);
    const contestants = new Map(subjects.map(({ subject }) => [subject.name, subject]));
    const check = new ContestantCheck(settings.sink);
    const exports = new Map<string, number>();
    await eachFresh(subjects, {
      rounds: 1,
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      serviceName: "wire",
      progress: (text) => settings.progress.say(text),
      async measure(handle) {
        const contestant = contestants.get(handle.name)!;
        await check.before(handle, contestant);
        for (let slice = 0; slice < slices[settings.mode]; slice++) await handle.slice(times);
        await check.after(handle, contestant);
        exports.set(handle.name, (await settings.sink.totals(handle.serviceName)).exports);
        return 0;
      },
    });
    const delivered = [...contestants.keys()].map((name) => ({ name, ...check.delivered.get(name)! }));
    return {
      text: [
        table(
          ["contestant", "bytes a span", "spans a request", "bytes a request", "attributes of the server span"],
          delivered.map((sum) => [sum.name, ...perSpan(sum).map(number)]),
        ),
        `Bodies of trace exports as they came, ${times} requests and then the rest of a batch; what a batch says once, such as the resource, is in it.`,
      ].join("\n"),
      targets: [],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { times, slices: slices[settings.mode], delivered, exports: Object.fromEntries(exports) },
    };
  },
};

function perSpan({ requests, spans, serverSpans, serverAttributes, wireBytes }: Delivered): number[] {
  return [wireBytes / spans, spans / requests, wireBytes / requests, serverAttributes / serverSpans];
}
