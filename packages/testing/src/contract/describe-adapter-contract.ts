import assert from "node:assert/strict";
import { describe as nodeDescribe, it as nodeIt } from "node:test";
import { attributeAndSizeCases } from "./cases/attributes-and-sizes.ts";
import { backpressureCases } from "./cases/backpressure.ts";
import { contextCases } from "./cases/context.ts";
import { errorCases } from "./cases/errors.ts";
import { hostileInputCases } from "./cases/hostile-input.ts";
import { invisibilityCases } from "./cases/invisibility.ts";
import { limitCases } from "./cases/limits.ts";
import { operationCases } from "./cases/operations.ts";
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
import { ticketCases } from "./cases/tickets.ts";
import type { ContractCase } from "./contract-case.ts";
import type { AdapterHarness } from "./harness.ts";
import { runInWorld } from "./run-in-world.ts";

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
  tickets: ticketCases,
  rules: ruleCases,
  operations: operationCases,
  propagation: propagationCases,
  limits: limitCases,
  "attributes and sizes": attributeAndSizeCases,
  switches: switchCases,
  invisibility: invisibilityCases,
  robustness: robustnessCases,
  backpressure: backpressureCases,
  "hostile input": hostileInputCases,
  protocols: protocolCases,
};

/** Where the suite's cases are told to, and which are added to them. */
export interface ContractOptions {
  /** `describe` of vitest or whichever runner. @default that of `node:test` */
  readonly describe?: (title: string, body: () => void) => unknown;
  /** `it` of the same runner. @default that of `node:test` */
  readonly it?: (title: string, body: () => Promise<void>) => unknown;
  /** Cases of this framework alone, by subject. */
  readonly more?: Readonly<Record<string, readonly ContractCase[]>>;
}

/**
 * Runs the whole contract against an adapter: one test a promise, each with an app, an engine and a collector of its own.
 *
 * Tests must run one after the other: an engine belongs to its process.
 */
export function describeAdapterContract(
  harness: AdapterHarness,
  { describe = nodeDescribe, it = nodeIt, more = {} }: ContractOptions = {},
): void {
  const { name, knownGaps = {} } = harness;
  const all = { ...contract, ...more };
  const titles = Object.values(all).flatMap((cases) => cases.map(({ title }) => title));
  describe(name, () => {
    for (const [subject, cases] of Object.entries(all)) {
      describe(subject, () => {
        for (const one of cases) {
          const gap = knownGaps[one.title];
          if (gap === undefined) it(one.title, () => runInWorld(harness, one));
          else it(`${one.title} — known gap: ${gap}`, () => mustFail(runInWorld(harness, one)));
        }
      });
    }

    it("every known gap names a case of the contract", async () => {
      assert.deepEqual(
        Object.keys(knownGaps).filter((title) => !titles.includes(title)),
        [],
      );
    });

    it("every title of the contract is told once", async () => {
      assert.deepEqual(
        titles.filter((title, i) => titles.indexOf(title) !== i),
        [],
      );
    });
  });
}

async function mustFail(run: Promise<void>): Promise<void> {
  const failed = await run.then(
    () => false,
    () => true,
  );
  assert.ok(failed, "This case passes: it is no known gap any more.");
}
