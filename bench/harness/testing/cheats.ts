import { bare } from "../../contestants/bare.ts";
import { contestant, type Contestant } from "../../contestants/contestant.ts";
import { ddTrace } from "../../contestants/dd-trace.ts";
import { gossamer } from "../../contestants/gossamer.ts";
import { createOrdersService } from "../../contestants/orders-service.ts";
import { prepareWork } from "../../contestants/work.ts";

/** Contestants that look cheap because they leave work out, by the name at the end of this module's address. */
const cheats: Readonly<Record<string, () => Contestant>> = {
  // It drops what its queue cannot hold.
  "drops-spans": () =>
    gossamer({
      name: "drops spans",
      ratio: 1,
      options: { sampleRatio: 1, queue: { maxSpans: 8 }, batch: { maxSpans: 8 }, diagnostics: "none" },
    }),
  // It says 100 %, and its agent keeps every tenth.
  "keeps-fewer": () => {
    const tenth = ddTrace({ name: "keeps fewer", ratio: 0.1 });
    return { ...tenth, delivers: { metrics: true, ratio: 1 } };
  },
  "tells-nobody": () => ({ ...bare({ name: "tells nobody" }), delivers: { metrics: false, ratio: 1 } }),
  "traces-no-calls": () => {
    const plain = gossamer({ name: "traces no calls", ratio: 1 });
    return { ...plain, delivers: { metrics: true, ratio: 1, calls: true } };
  },
  // Its lines are plain pino's, where ids are due.
  "logs-no-ids": () =>
    contestant({
      name: "logs no ids",
      workload: "log",
      packages: [],
      setup: async () => {
        const { work, verify } = prepareWork("log", "", { ids: true });
        return { server: createOrdersService(undefined, work), verify };
      },
    }),
  "answers-otherwise": () =>
    contestant({
      name: "answers otherwise",
      packages: [],
      setup: async () => ({
        server: createOrdersService((app) => app.disable("etag")),
      }),
    }),
  bare: () => bare({ name: "bare" }),
};

/** The one that the address of this module asks for: `cheats.ts?drops-spans`. */
const cheat: Contestant = cheats[new URL(import.meta.url).search.slice(1)]!();

export default cheat;
