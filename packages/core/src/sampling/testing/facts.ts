import type { AttributeValue } from "../../model/attributes.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";

export interface FactsInit extends Partial<Omit<SamplingFacts, "header" | "attribute">> {
  readonly headers?: Record<string, string>;
  readonly attributes?: Record<string, AttributeValue>;
}

/** The facts of a plain GET without parent or route, R in the middle, but for what is given. Counts the reads of headers. */
export function facts(init: FactsInit = {}): SamplingFacts & { readonly headerReads: number } {
  const { headers = {}, attributes = {}, ...rest } = init;
  let headerReads = 0;
  return {
    randomHigh: 0x80_0000,
    randomLow: 0,
    parent: undefined,
    startMs: 0,
    path: undefined,
    route: undefined,
    method: "GET",
    kind: 1,
    name: "GET",
    ...rest,
    header(name) {
      headerReads++;
      return headers[name];
    },
    attribute: (key) => attributes[key],
    get headerReads() {
      return headerReads;
    },
  };
}
