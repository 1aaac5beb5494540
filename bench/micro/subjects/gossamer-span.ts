import type { Subject } from "../../harness/subject.ts";
import { blackHoleEngine } from "./black-hole-engine.ts";
import { type AttributeCount, makeSpans } from "./orders-span.ts";

/** The engine's tracer, with its writer and its queue behind it. */
export function gossamerSpan(attributes: AttributeCount): Subject {
  return {
    name: `Gossamer span, ${attributes} attributes`,
    packages: ["@gossamer/core"],
    async setup(surroundings) {
      const engine = await blackHoleEngine(surroundings, 20_000);
      return {
        run: (times) => makeSpans(engine.tracer, attributes, times),
        counted() {
          const { accepted = 0, writing = 0 } = engine.status().traceExport ?? {};
          return accepted + writing;
        },
      };
    },
  };
}
