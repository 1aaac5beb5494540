import { describe, it } from "vitest";
import { attributeAndSizeCases } from "./cases/attributes-and-sizes.ts";
import { contextCases } from "./cases/context.ts";
import { errorCases } from "./cases/errors.ts";
import { hostileInputCases } from "./cases/hostile-input.ts";
import { invisibilityCases } from "./cases/invisibility.ts";
import { limitCases } from "./cases/limits.ts";
import { outcomeCases } from "./cases/outcomes.ts";
import { propagationCases } from "./cases/propagation.ts";
import { protocolCases } from "./cases/protocols.ts";
import { requestLineCases } from "./cases/request-lines.ts";
import { robustnessCases } from "./cases/robustness.ts";
import { routeCases } from "./cases/routes.ts";
import { ruleCases } from "./cases/rules.ts";
import { samplingAndKeepCases } from "./cases/sampling-and-keep.ts";
import { spanCases } from "./cases/spans.ts";
import { streamCases } from "./cases/streams.ts";
import { switchCases } from "./cases/switches.ts";
import type { ContractCase } from "./contract-case.ts";
import type { AdapterHarness } from "./harness.ts";
import { runInWorld } from "./world.ts";

/** What every adapter promises, by subject. */
const contract: Readonly<Record<string, readonly ContractCase[]>> = {
  routes: routeCases,
  spans: spanCases,
  outcomes: outcomeCases,
  errors: errorCases,
  "request lines": requestLineCases,
  streams: streamCases,
  context: contextCases,
  "sampling and keep": samplingAndKeepCases,
  rules: ruleCases,
  propagation: propagationCases,
  limits: limitCases,
  "attributes and sizes": attributeAndSizeCases,
  switches: switchCases,
  invisibility: invisibilityCases,
  robustness: robustnessCases,
  "hostile input": hostileInputCases,
  protocols: protocolCases,
};

/** Runs the whole contract against an adapter, and `more`: cases of its framework alone. */
export function describeAdapterContract(
  harness: AdapterHarness,
  more: Readonly<Record<string, readonly ContractCase[]>> = {},
): void {
  const { name, knownGaps = {} } = harness;
  const all = { ...contract, ...more };
  describe(name, () => {
    for (const [subject, cases] of Object.entries(all)) {
      describe(subject, () => {
        for (const one of cases) {
          const gap = knownGaps[one.title];
          if (gap === undefined) it(one.title, () => runInWorld(harness, one));
          else it.fails(`${one.title} — known gap: ${gap}`, () => runInWorld(harness, one));
        }
      });
    }

    it("every known gap names a case of the contract", ({ expect }) => {
      const titles = new Set(
        Object.values(all)
          .flat()
          .map(({ title }) => title),
      );
      expect(Object.keys(knownGaps).filter((title) => !titles.has(title))).toEqual([]);
    });

    it("every title of the contract is told once", ({ expect }) => {
      const titles = Object.values(all)
        .flat()
        .map(({ title }) => title);
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    });
  });
}
