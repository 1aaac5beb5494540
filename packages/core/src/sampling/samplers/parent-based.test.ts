import { expect, test } from "vitest";
import { alwaysOff, alwaysOn } from "./always.ts";
import { parentBased } from "./parent-based.ts";
import type { Sampler } from "../../model/sampling/sampler.ts";
import { facts } from "../testing/facts.ts";

const branches = ["root", "remoteSampled", "remoteNotSampled", "localSampled", "localNotSampled"] as const;

const parents = {
  root: undefined,
  remoteSampled: { sampled: true, remote: true },
  remoteNotSampled: { sampled: false, remote: true },
  localSampled: { sampled: true, remote: false },
  localNotSampled: { sampled: false, remote: false },
};

test.each(branches)("the branch %s can be given a sampler of its own (R-S2)", (branch) => {
  const own = { sampled: true, reason: `mine-${branch}` };
  const sampler = parentBased({ root: alwaysOff(), [branch]: { description: "mine", decide: () => own } });
  for (const other of branches) {
    const decision = sampler.decide(facts({ parent: parents[other] }));
    expect(decision === own).toBe(other === branch);
  }
});

test.each(branches.slice(1))("without a sampler of its own, the branch %s follows the parent (R-S2)", (branch) => {
  const parent = parents[branch];
  const root = parent?.sampled === true ? alwaysOff() : alwaysOn();
  expect(parentBased({ root }).decide(facts({ parent }))).toEqual({ sampled: parent?.sampled, reason: "parent" });
});

test("a parent's threshold is passed on when R agrees with its flag (R-S1)", () => {
  const sampler = parentBased({ root: alwaysOff() });
  const parent = { sampled: true, remote: true, threshold: "8" };
  const decision = sampler.decide(facts({ parent, randomHigh: 0x80_0000 }));
  expect(decision.threshold).toBe("8");
  expect(sampler.decide(facts({ parent, randomHigh: 0xff_0000 }))).toBe(decision);
});

test("a parent's threshold that R contradicts is not passed on, the sampling is (R-S1)", () => {
  const decision = parentBased({ root: alwaysOff() }).decide(
    facts({ parent: { sampled: true, remote: true, threshold: "8" }, randomHigh: 0x7f_ffff, randomLow: -1 }),
  );
  expect(decision).toEqual({ sampled: true, reason: "parent" });
});

test("a thousand different thresholds from callers are all passed on (R-S1)", () => {
  const sampler = parentBased({ root: alwaysOff() });
  for (let i = 1; i < 1_000; i++) {
    const threshold = i.toString(16);
    const decision = sampler.decide(
      facts({ parent: { sampled: true, remote: true, threshold }, randomHigh: 0xff_ffff, randomLow: -1 }),
    );
    expect(decision.threshold).toBe(threshold);
  }
});

test("it says who decides in each case, and whether one of them looks at routes (R-S2)", () => {
  const byRoute: Sampler = { description: "ByRoute", usesRoute: true, decide: (request) => alwaysOn().decide(request) };
  expect(parentBased({ root: alwaysOn(), remoteSampled: alwaysOff() }).description).toBe(
    "ParentBased{root=AlwaysOn,remoteSampled=AlwaysOff}",
  );
  expect(parentBased({ root: alwaysOn() }).usesRoute).toBe(false);
  expect(parentBased({ root: alwaysOn(), localNotSampled: byRoute }).usesRoute).toBe(true);
});
