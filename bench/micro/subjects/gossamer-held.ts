import type { Subject } from "../../harness/subject.ts";
import { blackHoleEngine } from "./black-hole-engine.ts";
import { heldBytesOf } from "./held-bytes.ts";
import { makeSpans } from "./orders-span.ts";

const subject: Subject = {
  name: "Gossamer, a queued span with 8 attributes",
  packages: ["@gossamer/core"],
  async setup(surroundings) {
    const engine = await blackHoleEngine(surroundings, 200_000);
    const run = (times: number): Promise<void> => makeSpans(engine.tracer, 8, times);
    return { run, heldBytes: (times) => heldBytesOf(run, times) };
  },
};

export default subject;
