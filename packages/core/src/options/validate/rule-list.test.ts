import { describe, expect, test } from "vitest";
import { ruleList } from "./rule-list.ts";
import { OptionError } from "../../model/checks/option-error.ts";

function messageOf(rules: unknown): string {
  try {
    ruleList.validate(rules, "rules");
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    return (error as OptionError).message;
  }
  throw new Error("the rules were accepted");
}

test("a rule is copied: durations in ms, shares as numbers, header names in lower case (R-S4, R-C3)", () => {
  const given = {
    match: "GET /users/:id",
    headers: { "X-Debug": true, "x-tenant": "a*" },
    ratio: 0.1,
    maxPerSecond: 5,
    minPerMinute: 1,
    keep: { errors: true, slowerThanMs: 1_500, aborted: false, trace: false, maxPerSecond: 10 },
    lane: "http",
    metrics: true,
    stream: false,
    name: "users",
    spanName: "user",
    attributes: { team: "a" },
    ignoreParent: true,
  } as const;
  const [rule] = ruleList.validate([given], "rules");
  expect(rule).toEqual({
    ...given,
    headers: { "x-debug": true, "x-tenant": "a*" },
    keep: { errors: 1, slow: undefined, slowerThanMs: 1_500, aborted: 0, trace: false, maxPerSecond: 10 },
  });
});

test("what was checked can be given again (R-S15)", () => {
  const once = ruleList.validate(
    [{ match: "*", keep: { slowerThanMs: 2_000, errors: true } }, { keep: false }],
    "rules",
  );
  expect(ruleList.validate(once, "rules")).toEqual(once);
});

describe("a wrong rule is an error that names it", () => {
  const matches = "a string that is not empty, or an object with route and operation";
  const duration = "a number of milliseconds from 0 to 2147483647";
  test.each<[unknown, string]>([
    [{ match: "GET /x", ratio: 2 }, 'Option "rules[0].ratio" must be a number from 0 to 1, got 2. (rule "GET /x")'],
    [{ ratio: "0.1" }, `Option "rules[0].ratio" must be a number from 0 to 1, got '0.1'.`],
    [
      { name: "admin", maxPersecond: 1 },
      'Unknown option "rules[0].maxPersecond". Did you mean "rules[0].maxPerSecond"? (rule "admin")',
    ],
    [{ keep: { slowerThanMs: "2s" } }, `Option "rules[0].keep.slowerThanMs" must be ${duration}, got '2s'.`],
    [{ keep: { slowerThanMs: -1 } }, `Option "rules[0].keep.slowerThanMs" must be ${duration}, got -1.`],
    [{ keep: { error: 1 } }, 'Unknown option "rules[0].keep.error". Did you mean "rules[0].keep.errors"?'],
    [{ match: "" }, `Option "rules[0].match" must be ${matches}, got ''.`],
    [{ match: /users/ }, `Option "rules[0].match" must be ${matches}, got an object.`],
    [{ match: {} }, `Option "rules[0].match" must be ${matches}, got an object.`],
    [{ match: { operations: "graphql:*" } }, `Option "rules[0].match" must be ${matches}, got an object.`],
    [{ match: { operation: "" } }, `Option "rules[0].match" must be ${matches}, got an object.`],
    [
      { headers: {} },
      'Option "rules[0].headers" must be an object of header names, each with a string or true, got an empty object.',
    ],
    [{ headers: { "x y": "1" } }, `Option "rules[0].headers" must be an object of header names, got 'x y'.`],
    [{ headers: { x: false } }, 'Option "rules[0].headers.x" must be a text that is not empty, or true, got false.'],
    [{ ratio: 1, sampler: () => true }, 'Option "rules[0]" has both "ratio" and "sampler": give one of them.'],
    [{ minPerMinute: 0.5 }, 'Option "rules[0].minPerMinute" must be an integer from 0 to 1000000000, got 0.5.'],
    ["GET /x", `Option "rules[0]" must be a rule object, got 'GET /x'.`],
    [
      JSON.parse('{"__proto__": {"ratio": 1}}'),
      '"rules[0]" has a member "__proto__", which is refused: it can reach the prototype of every object.',
    ],
  ])("%j (R-C3)", (rule, message) => {
    expect(messageOf([rule])).toBe(message);
  });
});
