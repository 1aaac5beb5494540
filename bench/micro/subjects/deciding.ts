import type { Route, Sampler, SamplingFacts } from "@gossamer/core";
import type { Subject } from "../../harness/subject.ts";

type Core = typeof import("@gossamer/core/samplers");
type MovableFacts = { -readonly [Name in keyof SamplingFacts]: SamplingFacts[Name] };

const headers: Readonly<Record<string, string>> = { "x-priority": "high", "x-user": "user-7", host: "shop.example" };

/**
 * A sampler asked for one request after the other, each with an R of its own, a microsecond apart.
 *
 * @param routes how many templates take turns
 */
export function decidingSubject(name: string, make: (core: Core) => Sampler, routes = 1): Subject {
  return {
    name,
    packages: ["@gossamer/core"],
    async setup() {
      const core = await import("@gossamer/core/samplers");
      const sampler = make(core);
      const table = makeRoutes(routes);
      const facts = makeFacts();
      let state = 1;
      let asked = 0;
      let sampled = 0;
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
            facts.randomHigh = state >>> 8;
            facts.randomLow = state;
            facts.startMs += 0.001;
            facts.route = table[i % routes];
            if (sampler.decide(facts).sampled) sampled++;
          }
          asked += times;
        },
        // So that nothing is found to be without effect.
        counted: () => (sampled <= asked ? asked : undefined),
      };
    },
  };
}

function makeRoutes(count: number): readonly Route[] {
  return Array.from({ length: count }, (_, id) => Object.freeze({ id, template: `/things/${id}/:id`, options: {} }));
}

function makeFacts(): MovableFacts {
  return {
    randomHigh: 0,
    randomLow: 0,
    startMs: 0,
    parent: undefined,
    route: undefined,
    method: "GET",
    kind: 1,
    name: "GET",
    header: (header) => headers[header],
    attribute: () => undefined,
  };
}

/** So many rules, of which the last is for everything: what comes before it has to be stepped over, or found. */
export function manyRules(core: Core, count: number): Sampler {
  if (count === 0) return core.ratio(0.01);
  const others = Array.from({ length: count - 1 }, (_, i) =>
    i % 2 === 0 ? { match: `GET /other/${i}`, ratio: 0.5 } : { match: `/other/${i}/*`, ratio: 0.5 },
  );
  return core.rules([...others, { match: "*", ratio: 0.01 }]);
}
