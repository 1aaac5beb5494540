import { describe, expect, test, vi } from "vitest";
import { RouteTable } from "../../model/route.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { alwaysOff } from "../samplers/always.ts";
import { Glob } from "../../model/glob.ts";
import { RuleError } from "./rule-error.ts";
import type { RuleSet } from "./rule-set.ts";
import { facts, type FactsInit } from "../testing/facts.ts";
import { ruleSet } from "../testing/rule-set.ts";

const routes = new RouteTable();

interface Asked extends FactsInit {
  readonly template?: string;
}

function found(set: RuleSet, { template, ...init }: Asked): string | undefined {
  return set.match(facts({ ...init, route: template === undefined ? undefined : routes.get(template) }))?.rule.name;
}

describe("the first rule that matches", () => {
  const set = ruleSet(
    { name: "debug", headers: { "x-debug": "1" } },
    { name: "any debug", headers: { "x-debug": true, "x-tenant": "a*" } },
    { name: "user", match: "GET /users/:id" },
    { name: "partner", match: "/admin/*", host: "*.Partner.example" },
    { name: "admin", match: "/admin/*" },
    { name: "scan", path: "/wp-*" },
    { name: "writes", match: "P* *" },
    { name: "rest", match: "*" },
  );

  test.each<[string, Asked, string]>([
    ["a template and method", { template: "/users/:id" }, "user"],
    ["another method", { template: "/users/:id", method: "DELETE" }, "rest"],
    ["a method by glob", { template: "/users/:id", method: "PUT" }, "writes"],
    ["a header's value before the route", { template: "/users/:id", headers: { "x-debug": "1" } }, "debug"],
    ["another value", { template: "/users/:id", headers: { "x-debug": "2" } }, "user"],
    ["two headers, one by glob", { headers: { "x-debug": "2", "x-tenant": "ab" } }, "any debug"],
    ["a template by glob", { template: "/admin/users/:id" }, "admin"],
    [
      "a host in any case, with a port",
      { template: "/admin/x", headers: { host: "a.PARTNER.example:8443" } },
      "partner",
    ],
    ["a host of HTTP/2", { template: "/admin/x", headers: { ":authority": "a.partner.example" } }, "partner"],
    ["another host", { template: "/admin/x", headers: { host: "partner.example" } }, "admin"],
    ["a raw path where no route is", { path: "/wp-login.php" }, "scan"],
    ["an encoded path as it was sent", { path: "/%77p-login.php" }, "rest"],
    ["nothing of it", {}, "rest"],
    ["a root that no request made", { method: "" }, "rest"],
  ])("by %s (R-S4)", (_, asked, name) => {
    expect(found(set, asked)).toBe(name);
  });

  test("is not looked for among all that have a star: rules are compared with those that begin alike (R-S4)", () => {
    const matches = vi.spyOn(Glob.prototype, "matches");
    const covers = vi.spyOn(Glob.prototype, "covers");
    try {
      const many = ruleSet(...Array.from({ length: 1_000 }, (_, i) => ({ match: `/a${i}/*/:id`, ratio: 1 })));
      expect(found(many, { template: "/a7/x/:id" })).toBe("/a7/*/:id");
      expect(covers.mock.calls.length + matches.mock.calls.length).toBeLessThan(100);
    } finally {
      vi.restoreAllMocks();
    }
  });

  test("is found by the template the framework matched, not by the path (R-S4)", () => {
    expect(found(set, { template: "/%61dmin", path: "/admin/x" })).toBe("rest");
  });

  test("an IPv6 host keeps its brackets (R-S4)", () => {
    expect(found(ruleSet({ host: "[::1]" }), { headers: { host: "[::1]:80" } })).toBe("host=[::1]");
    expect(found(ruleSet({ host: "[::1]" }), { headers: { host: "[::1]" } })).toBe("host=[::1]");
  });
});

test("a rule for certain routes is stepped over while there is none (R-S4)", () => {
  const set = ruleSet({ name: "user", match: "GET /users/:id" }, { name: "gets", match: "GET *" });
  expect(set.usesRoute).toBe(true);
  expect(found(set, {})).toBe("gets");
  expect(ruleSet({ match: "GET *" }, { path: "/a" }).usesRoute).toBe(false);
});

test("what no rule is for has none (R-S4)", () => {
  expect(found(ruleSet({ match: "GET /a" }), { template: "/b" })).toBeUndefined();
});

test("a thousand rules are looked through once a route and method (R-S4)", () => {
  const set = ruleSet(...Array.from({ length: 999 }, (_, i): CheckedRule => ({ match: `/m*/never/${i}` })), {
    name: "mine",
    match: "/mine/*",
  });
  const request = facts({ route: routes.get("/mine/:id") });
  const matches = vi.spyOn(Glob.prototype, "matches");
  expect(set.match(request)?.rule.name).toBe("mine");
  const first = matches.mock.calls.length;
  expect(first).toBeGreaterThan(900);
  for (let i = 0; i < 100; i++) set.match(request);
  expect(matches.mock.calls.length).toBe(first);
  matches.mockRestore();
});

test("tables of routes that number differently do not mix (R-S4)", () => {
  const set = ruleSet({ name: "a", match: "/a" }, { name: "b", match: "/b" });
  const [one, other] = [new RouteTable(), new RouteTable()];
  for (let i = 0; i < 2; i++) {
    expect(set.match(facts({ route: one.get("/a") }))?.rule.name).toBe("a");
    expect(set.match(facts({ route: other.get("/b") }))?.rule.name).toBe("b");
  }
});

test("a route beyond the table of routes is found all the same (R-S4)", () => {
  const full = new RouteTable(0);
  const set = ruleSet({ name: "a", match: "/a" });
  expect(set.match(facts({ route: full.get("/a") }))?.rule.name).toBe("a");
  expect(set.match(facts({ route: full.get("/b") }))).toBeUndefined();
});

test("a rule is called by its name, else by what it asks (R-S16)", () => {
  const name = (rule: CheckedRule): string | undefined => ruleSet(rule).rules[0]?.name;
  expect(name({ name: "n", match: "/a" })).toBe("n");
  expect(name({ match: "GET /a" })).toBe("GET /a");
  expect(name({})).toBe("*");
  expect(name({ match: "/a", path: "/b", host: "c", headers: { d: true, e: "f" } })).toBe("/a path=/b host=c d e=f");
});

describe("a list that cannot be is an error that names the rule", () => {
  test.each<[string, CheckedRule[], string, string]>([
    ["a match without a slash", [{ match: "users" }], "match", "a method and a route template"],
    ["a method alone", [{ match: "GET" }], "match", "(write 'GET *' for every route)"],
    ["an unknown method", [{ match: "FETCH /x" }], "match", "one that names a known method"],
    ["a method in lower case", [{ match: "get /x" }], "match", "one that names a known method"],
    ["two stars", [{ match: "/a/**" }], "match", "with single *"],
    ["a control character", [{ match: "/a\nb" }], "match", "without control characters"],
    ["a path with a query", [{ path: "/a?b=1" }], "path", "a path without a query"],
    ["a path without a slash", [{ path: "a" }], "path", "begins with / or *"],
    ["a pattern of great length", [{ host: "a".repeat(1_001) }], "host", "at most 1000 characters"],
    ["a bad header pattern", [{ headers: { x: "**" } }], "headers.x", "with single *"],
  ])("%s (R-S4)", (_, rules, member, message) => {
    const error = errorOf(rules);
    expect(error).toMatchObject({ index: 0, member });
    expect(error.message).toContain(message);
  });

  test.each<[string, CheckedRule[], number]>([
    ["behind a rule for everything", [{ match: "*" }, { match: "GET /a" }], 1],
    ["the same twice", [{ match: "GET /a" }, { match: "GET /a" }], 1],
    ["behind a wider template", [{ match: "/a/*" }, { match: "GET /a/b" }], 1],
    ["behind a wider method", [{ match: "/a" }, { match: "POST /a" }], 1],
    ["behind a wider glob", [{ match: "/a*" }, { match: "/a/*/c" }], 1],
    ["a second rule for everything", [{ path: "/x" }, {}, {}], 2],
    ["behind fewer conditions", [{ host: "a" }, { host: "a", headers: { x: "1" } }], 1],
    ["behind any value of the header", [{ headers: { x: true } }, { headers: { x: "1" } }], 1],
  ])("one that cannot be reached: %s (R-S4)", (_, rules, index) => {
    const error = errorOf(rules);
    expect(error.index).toBe(index);
    expect(error.message).toMatch(/^cannot be reached: rules\[\d\] ".*" takes every request that it matches$/);
  });

  test.each<[string, CheckedRule[]]>([
    ["a narrower one in front", [{ match: "GET /a" }, { match: "/a" }, { match: "*" }]],
    ["another condition", [{ headers: { x: "1" } }, { headers: { x: "2" } }, { headers: { x: true } }]],
    ["a condition in front", [{ match: "/a", host: "b" }, { match: "/a" }]],
    ["templates for all methods behind one method", [{ match: "GET *" }, { match: "/a" }]],
    ["everything with a route in front of everything", [{ match: "/*" }, { match: "*" }]],
  ])("and these can: %s (R-S4)", (_, rules) => {
    expect(ruleSet(...rules).rules).toHaveLength(rules.length);
  });
});

describe("a floor", () => {
  const set = ruleSet({ name: "low", ratio: 0, minPerMinute: 2 });

  function sampledAt(template: string | undefined, ...times: number[]): boolean[] {
    const route = template === undefined ? undefined : routes.get(template);
    return times.map((startMs) => {
      const request = facts({ route, startMs });
      return set.match(request)?.decide(request, alwaysOff()).sampled === true;
    });
  }

  test("samples the first of each minute and route, without a threshold (R-S4)", () => {
    expect(sampledAt("/rare", 0, 1_000, 2_000, 61_000, 62_000, 63_000)).toEqual([true, true, false, true, true, false]);
    expect(sampledAt("/other", 2_000)).toEqual([true]);
    expect(sampledAt(undefined, 0, 1, 2)).toEqual([true, true, false]);
    const request = facts({ route: routes.get("/third"), startMs: 0 });
    expect(set.match(request)?.decide(request, alwaysOff())).toEqual({ sampled: true, reason: "floor", rule: "low" });
  });

  test("what the ratio samples counts towards it and keeps its threshold (R-S4)", () => {
    const always = ruleSet({ ratio: 1, minPerMinute: 1 });
    const request = facts();
    expect(always.match(request)?.decide(request, alwaysOff())).toMatchObject({ reason: "rule", threshold: "0" });
  });
});

function errorOf(rules: CheckedRule[]): RuleError {
  try {
    ruleSet(...rules);
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
  throw new Error("the rules were accepted");
}
