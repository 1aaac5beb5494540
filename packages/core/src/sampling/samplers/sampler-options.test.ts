import { describe, expect, test } from "vitest";
import { facts } from "../testing/facts.ts";
import { adaptive } from "./adaptive.ts";
import { alwaysOff, alwaysOn } from "./always.ts";
import { parentBased } from "./parent-based.ts";
import { priority } from "./priority.ts";
import { rateLimit } from "./rate-limit.ts";
import { ratio } from "./ratio.ts";
import { rollout } from "./rollout.ts";
import { tiered } from "./tiered.ts";

type Make = (options: never) => unknown;

const made: readonly [name: string, make: Make, good: object][] = [
  ["adaptive", adaptive, { targetPerSecond: 5 }],
  ["rateLimit", rateLimit, { perSecond: 5 }],
  ["priority", priority, { from: { header: "x-priority" } }],
  ["rollout", rollout, { key: { header: "x-user" } }],
  ["tiered", tiered, { root: 0.1 }],
  ["parentBased", parentBased, { root: alwaysOn() }],
];

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code;

function thrownBy(make: Make, options: unknown): unknown {
  try {
    make(options as never);
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
}

describe.for(made)("%s", ([name, make, good]) => {
  test("takes what it knows, and a member that is undefined as one that is left out (R-C3)", () => {
    expect(() => make({ ...good, unset: undefined } as never)).not.toThrow();
  });

  test("refuses a name that it does not know, where a default would hold in silence (R-C3)", () => {
    const error = thrownBy(make, { ...good, targetPersecond: 5 });
    expect([codeOf(error), String(error)]).toEqual([
      "GSM_OPTION_UNKNOWN",
      expect.stringContaining(`Unknown option "${name}.targetPersecond".`),
    ]);
  });

  test.for([null, 50, "0.1", () => true])("refuses %o, which is no object of options (R-C3)", (odd) => {
    const error = thrownBy(make, odd);
    expect([codeOf(error), String(error)]).toEqual([
      "GSM_OPTION_TYPE",
      expect.stringContaining(`OptionError: Option "${name}" must be an object, got `),
    ]);
  });
});

test.for([undefined, null, 0.1, "always_on", {}, { decide: 1 }])(
  "a branch of parentBased that is %o is an error where it is made, and samples nothing in silence (R-C3, R-S2)",
  (odd) => {
    const code = typeof odd === "object" && odd !== null ? "GSM_OPTION_RANGE" : "GSM_OPTION_TYPE";
    for (const options of [{ root: odd }, ...(odd === undefined ? [] : [{ root: alwaysOn(), remoteSampled: odd }])]) {
      expect(codeOf(thrownBy(parentBased, options))).toBe(code);
    }
    if (odd === undefined || typeof odd === "number") return;
    expect(codeOf(thrownBy(tiered, { root: odd }))).toBe(code);
    expect(codeOf(thrownBy(rollout, { key: () => "k", sampler: odd }))).toBe(code);
  },
);

test("a function may stand wherever a sampler may, in parentBased too (R-S2)", () => {
  const sampler = parentBased({ root: () => true, remoteSampled: () => false, remoteNotSampled: alwaysOff() });
  expect(sampler.decide(facts({ parent: undefined })).sampled).toBe(true);
  expect(sampler.decide(facts({ parent: { sampled: true, remote: true } })).sampled).toBe(false);
});

test.each(["0.1", undefined, Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY])(
  "a ratio that is none, %o, is an error at start and not silently nothing (R-S1)",
  (share) => {
    expect(() => ratio(share as number)).toThrow('Option "ratio" must be a number from 0 to 1, got ');
  },
);
