import { eachFresh } from "../harness/each-fresh.ts";
import type { Part } from "../parts/part.ts";
import { estimate, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";

const rounds = { full: 5, quick: 2 } as const;
const warmUpRequests = 200_000;
const requests = 10_000;
/** What rules may add to a request: not one object. V8 itself allocates now and then, more in one process than in another. */
const maxAdded = 0.5;

/** Objects that an unsampled request makes, which must not grow with the rules. */
export const allocations: Part = {
  name: "allocations",
  title: "Objects allocated an unsampled request",
  from: "long",
  async run(settings) {
    const subjects = await microSubjects("allocations-rules-0", "allocations-rules-10", "allocations-rules-1000");
    const measured = await eachFresh(subjects, {
      rounds: settings.rounds ?? rounds[settings.mode],
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      nodeFlags: [],
      progress: (text) => settings.progress.say(text),
      async measure(handle) {
        await handle.slice(warmUpRequests);
        return handle.allocations(requests);
      },
    });
    const comparison = new Comparison(measured);
    const [none, ...more] = subjects.map(({ subject }) => subject.name) as [string, ...string[]];
    return {
      text: table(
        ["", "objects a request"],
        [none, ...more].map((name) => [name, estimate(comparison.cost(name))]),
      ),
      targets: more.map((name) => ({
        promise: `Objects that ${name} add to an unsampled request`,
        bound: "at most",
        limit: maxAdded,
        measured: comparison.added(name, none),
        rank: "asked",
      })),
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { requests, allocationsARequest: Object.fromEntries(measured) },
    };
  },
};
