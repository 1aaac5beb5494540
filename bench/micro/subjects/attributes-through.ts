import type { Attributes } from "@opentelemetry/api";
import type { Subject } from "../../harness/subject.ts";
import { eight } from "./orders-span.ts";

type SpanLimits = typeof import("../../../packages/core/dist/limits/span-limits.js");
type Put = (list: (string | number | boolean)[], attributes: Attributes) => void;

const paths = Array.from({ length: 1000 }, (_, i) => `/orders/${1000 + i}`);

/** Eight attributes made and put into a list, as a span does at its start, and nothing else of a span. */
export function attributesThrough(name: string, make: (limits: SpanLimits) => Put): Subject {
  return {
    name,
    packages: ["@gossamer/core"],
    async setup() {
      const put = make(await import("../../../packages/core/dist/limits/span-limits.js"));
      let made = 0;
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            const list: (string | number | boolean)[] = [];
            put(list, eight(paths[i % paths.length]!));
            if (list.length === 16) made++;
          }
        },
        counted: () => made,
      };
    },
  };
}
