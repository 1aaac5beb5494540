import type { TelemetryOptions } from "@gossamer/core";
import type { Subject } from "../../harness/subject.ts";
import { blackHoleEngine } from "./black-hole-engine.ts";
import { makeSpans, type SpanAttributes } from "./orders-span.ts";

/** The engine's tracer, with its writer and its queue behind it. `suffix` tells one with options of its own apart. */
export function gossamerSpan(
  attributes: SpanAttributes,
  { suffix = "", options = {} }: { readonly suffix?: string; readonly options?: TelemetryOptions } = {},
): Subject {
  return {
    name: `Gossamer span, ${attributes} attributes${suffix}`,
    packages: ["@gossamer/core"],
    async setup(surroundings) {
      const engine = await blackHoleEngine(surroundings, 20_000, options);
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
