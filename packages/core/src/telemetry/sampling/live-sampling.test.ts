import type { Exchange } from "../../exchange/exchange.ts";
import { afterEach, describe, expect, test } from "vitest";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import { adaptive } from "../../sampling/samplers/adaptive.ts";
import { parentBased } from "../../sampling/samplers/parent-based.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import { seededRandom } from "../../testing/test-tracing.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Engine } from "../engine.ts";

afterEach(() => resetTelemetry());

const done = { statusCode: 200, completed: true };

function engine(options: TelemetryOptions = {}): Engine {
  return createTelemetry({
    exporter: "none",
    diagnostics: "none",
    environment: "production",
    shutdown: { signals: false },
    random: seededRandom(),
    clock: handClock(),
    ...options,
  } as TelemetryOptions<never>) as Engine;
}

/** Sends so many requests for a route and answers how many were sampled. */
function sampledOf(telemetry: Engine, template: string, requests = 1, headers: Record<string, string> = {}): number {
  let sampled = 0;
  for (let i = 0; i < requests; i++) {
    const exchange = telemetry.begin<FakeRequest>(
      { route: telemetry.routes.get(template), headers },
      fakeReader,
    ) as Exchange;
    exchange.end(done);
    sampled += exchange.flags & 1;
  }
  return sampled;
}

describe("rules as an option", () => {
  test("decide by the route, and are counted by rule and answer, in status and metrics (R-S4, R-S16)", () => {
    const telemetry = engine({
      sampleRatio: 0,
      rules: [
        { name: "all", match: "/a", ratio: 1 },
        { name: "none", match: "/b", ratio: 0 },
      ],
    });
    expect([sampledOf(telemetry, "/a", 3), sampledOf(telemetry, "/b", 2), sampledOf(telemetry, "/c")]).toEqual([
      3, 0, 0,
    ]);
    expect(telemetry.status().sampling.decisions).toEqual({
      "all:sampled": 3,
      "none:unsampled": 2,
      "ratio:unsampled": 1,
    });
    let text = "";
    telemetry.prometheus({ allow: "any" })(
      { method: "GET", headers: {} } as never,
      { setHeader() {}, writeHead() {}, end: (body: string) => (text = String(body)) } as never,
    );
    expect(text).toContain('gossamer_sampling_decisions_total{sampling_rule="all",sampling_decision="sampled"} 3');
    expect(text).toContain('gossamer_sampling_decisions_total{sampling_rule="none",sampling_decision="unsampled"} 2');
  });

  test.each<[TelemetryOptions, string]>([
    [
      { rules: [{ match: "*" }, { match: "GET /a" }] },
      'Option "rules[1]" (rule "GET /a") cannot be reached: rules[0] "*" takes every request that it matches.',
    ],
    [
      { rules: [{ name: "users", match: "users" }] },
      `Option "rules[0].match" must be a method and a route template such as 'GET /users/:id', '/admin/*' or '*' (rule "users").`,
    ],
    [{ dryRun: [{ match: "get /a" }] }, 'Option "dryRun[0].match" must be one that names a known method'],
    [
      { rules: [{ match: "/a", ratio: 7 }] },
      'Option "rules[0].ratio" must be a number from 0 to 1, got 7. (rule "/a")',
    ],
  ])("that cannot be are an error at start that names the rule: %j (R-S4, R-C3)", (options, message) => {
    expect(() => engine(options)).toThrow(OptionError);
    expect(() => engine(options)).toThrow(message);
  });

  test("a method that was made known may be named (R-S4)", () => {
    engine({ knownMethods: ["GET", "PURGE"], rules: [{ match: "PURGE /cache" }] });
  });

  test("without a ratio of the user's own, the valve bounds the default and spares rules (R-S19)", () => {
    const telemetry = engine({ environment: "development", rules: [{ match: "/a", ratio: 1 }] });
    expect(sampledOf(telemetry, "/a", 300)).toBe(300);
    expect(sampledOf(telemetry, "/b", 300)).toBe(100);
  });
});

describe("changes while running", () => {
  test("what is in force can be read, and given again (R-S15)", () => {
    const telemetry = engine({ sampleRatio: 0.5, rules: [{ match: "/a", ratio: 1, keep: { slowerThanMs: 2_000 } }] });
    const state = telemetry.sampling.current();
    expect(state).toEqual({
      centralRules: [],
      sampleRatio: 0.5,
      sampler: "ParentBased{root=Ratio{0.5}}",
      rules: [{ match: "/a", ratio: 1, keep: expect.objectContaining({ slowerThanMs: 2_000 }) }],
      keep: { errors: 1, aborted: 1, slowerThanMs: 1_000, slow: 1, trace: false, maxPerSecond: 100 },
      dryRun: [],
      revision: 0,
      changedBy: "start",
    });
    const { sampleRatio, rules, keep, dryRun } = state;
    expect(telemetry.sampling.update({ sampleRatio: sampleRatio!, rules, keep, dryRun })).toEqual({
      ...state,
      revision: 1,
      changedBy: "code",
    });
  });

  test("hold from one request to the next, and leave the rest as it is (R-S15)", () => {
    const telemetry = engine({ sampleRatio: 0, rules: [{ match: "/a", ratio: 1 }] });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([1, 0]);
    telemetry.sampling.update({ sampleRatio: 1 });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([1, 1]);
    telemetry.sampling.update({ rules: [{ match: "/b", ratio: 0 }] });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([1, 0]);
    telemetry.sampling.update({ rules: [] });
    expect(sampledOf(telemetry, "/b")).toBe(1);
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 1, revision: 3 });
  });

  test("a request that was decided stays as it is (R-S15)", () => {
    const telemetry = engine({ sampleRatio: 1 });
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    expect(exchange.flags & 1).toBe(1);
    telemetry.sampling.update({ sampleRatio: 0 });
    expect(exchange.flags & 1).toBe(1);
    exchange.end(done);
  });

  test("a wrong change throws as at start, and nothing of it is in force (R-S15)", () => {
    const telemetry = engine({ sampleRatio: 0.5, rules: [{ name: "a", match: "/a", ratio: 1 }] });
    const before = telemetry.sampling.current();
    const wrong: [object, string][] = [
      [{ sampleRatio: 2 }, 'Option "sampleRatio" must be a number from 0 to 1, got 2.'],
      [{ sampleRatio: 0.1, rules: [{}, { match: "/b" }] }, 'Option "rules[1]" (rule "/b") cannot be reached'],
      [{ sampleRatio: 0.1, dryRun: [{ match: "x" }] }, 'Option "dryRun[0].match" must be'],
      [{ keep: { errors: 0, slowerThanMs: -1 } }, 'Option "keep.slowerThanMs" must be'],
      [{ ruls: [] }, 'Unknown option "ruls". Did you mean "rules"?'],
      [{ queue: { maxSpans: 10 } }, 'Option "queue" cannot be changed while the service runs'],
      [{ sampleRatio: 1, sampler: () => true }, 'Options "sampler" and "sampleRatio" exclude each other'],
      [null as never, 'Option "options" must be an object, got null.'],
    ];
    for (const [change, message] of wrong) {
      expect(() => telemetry.sampling.update(change)).toThrow(OptionError);
      expect(() => telemetry.sampling.update(change)).toThrow(message);
    }
    expect(telemetry.sampling.current()).toEqual(before);
    expect(sampledOf(telemetry, "/a")).toBe(1);
  });

  test("a sampler and a ratio take each other's place (R-S15)", () => {
    const telemetry = engine({ sampler: () => true });
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: undefined });
    expect(sampledOf(telemetry, "/a")).toBe(1);
    telemetry.sampling.update({ sampleRatio: 0 });
    expect(sampledOf(telemetry, "/a")).toBe(0);
    telemetry.sampling.update({ sampler: adaptive({ targetPerSecond: 5 }) });
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: undefined, sampler: "Adaptive{5/s,0.01..1}" });
    expect(sampledOf(telemetry, "/a")).toBe(1);
  });

  test("choosing a ratio lifts the valve, as at start (R-S15, R-S19)", () => {
    const telemetry = engine({ environment: "development" });
    expect(sampledOf(telemetry, "/a", 200)).toBe(100);
    telemetry.sampling.update({ sampleRatio: 1 });
    expect(sampledOf(telemetry, "/a", 200)).toBe(200);
  });

  test("keeps change member by member, and their bound with them (R-S15, R-S10)", () => {
    const telemetry = engine({ sampleRatio: 0 });
    const fail = (requests: number): void => {
      for (let i = 0; i < requests; i++) {
        telemetry.begin<FakeRequest>({}, fakeReader).end({ statusCode: 500, completed: true });
      }
    };
    fail(2);
    telemetry.sampling.update({ keep: { errors: false } });
    fail(2);
    telemetry.sampling.update({ keep: { errors: true, maxPerSecond: 1 } });
    fail(3);
    const { kept, keepDrops } = telemetry.status().sampling;
    expect([kept, keepDrops]).toEqual([{ error: 3 }, { error: 2 }]);
    expect(telemetry.sampling.current().keep).toMatchObject({ errors: 1, slowerThanMs: 1_000, maxPerSecond: 1 });
  });

  test("a decision begins to wait for the route as soon as a rule is for one (R-S15, R-S4)", () => {
    const telemetry = engine({ sampleRatio: 0 });
    const startsChild = (): boolean => {
      const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
      const recording = exchange.run(() => telemetry.span("child", (span) => span.isRecording()));
      exchange.end(done);
      return recording;
    };
    expect(startsChild()).toBe(false);
    telemetry.sampling.update({ rules: [{ match: "/a", ratio: 1 }] });
    expect(startsChild()).toBe(true);
  });

  test("a dry run begins, goes on over other changes and ends (R-S15, R-S16)", () => {
    const telemetry = engine({ sampleRatio: 1 });
    expect(telemetry.status().sampling.dryRun).toBeUndefined();
    telemetry.sampling.update({ dryRun: [{ name: "fewer", match: "/a", ratio: 0 }] });
    sampledOf(telemetry, "/a", 2);
    telemetry.sampling.update({ rules: [{ name: "now", match: "/a", ratio: 1 }] });
    sampledOf(telemetry, "/a", 3);
    sampledOf(telemetry, "/b");
    expect(telemetry.status().sampling.dryRun).toEqual({
      live: { "ratio:sampled": 3, "now:sampled": 3 },
      dryRun: { "fewer:unsampled": 5, "default:sampled": 1 },
      both: 1,
      onlyLive: 5,
      onlyDryRun: 0,
      neither: 0,
    });
    telemetry.sampling.update({ dryRun: [] });
    expect(telemetry.status().sampling.dryRun).toBeUndefined();
  });
});

describe("explain", () => {
  const options: TelemetryOptions = {
    sampleRatio: 0.1,
    rules: [
      { name: "debug", headers: { "x-debug": "1" }, ratio: 1, ignoreParent: true },
      {
        name: "users",
        match: "GET /users/:id",
        ratio: 0.5,
        minPerMinute: 2,
        lane: "jobs",
        keep: { errors: 0.5, trace: true },
      },
      { name: "silent", match: "/internal/*", ratio: 0, keep: false, metrics: false },
      { name: "scan", path: "/wp-*", ratio: 0.01 },
      { name: "rest", match: "*" },
    ],
  };
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  test.each<[string, Parameters<Engine["explain"]>[0], object]>([
    [
      "a rule that ignores all",
      { headers: { "X-Debug": "1", traceparent } },
      { decidedBy: "rule", rule: "debug", ratio: 1 },
    ],
    ["a caller", { route: "/users/:id", headers: { traceparent } }, { decidedBy: "parent", ratio: 1, rule: undefined }],
    [
      "the route's own options",
      { route: "/users/:id", routeOptions: { trace: false } },
      { decidedBy: "route", ratio: 0, keep: undefined },
    ],
    [
      "a rule for the route",
      { route: "/users/:id", path: "/users/7?a=b" },
      { decidedBy: "rule", rule: "users", ruleIndex: 1, ratio: 0.5, lane: "jobs", keep: { errors: 0.5, trace: true } },
    ],
    [
      "a rule that keeps nothing",
      { route: "/internal/x" },
      { rule: "silent", ratio: 0, keep: undefined, metrics: false },
    ],
    ["a rule for the raw path", { path: "/wp-login.php?x=1" }, { rule: "scan", ratio: 0.01 }],
    [
      "a rule that leaves it to the default",
      { method: "POST", route: "/b" },
      { decidedBy: "rule", rule: "rest", ratio: 0.1 },
    ],
    ["a health check", { headers: { "user-agent": "kube-probe/1" } }, { decidedBy: "probe", ratio: 0 }],
  ])("tells that %s decides (R-S16)", (_, request, expected) => {
    expect(engine(options).explain(request)).toMatchObject(expected);
  });

  const unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  const always = { decide: () => ({ sampled: true, reason: "sampler" }), chance: () => 1, description: "Always" };
  const never = { decide: () => ({ sampled: false, reason: "sampler" }), chance: () => 0, description: "Never" };

  test.each<[string, TelemetryOptions, string, object]>([
    [
      "a branch in place of callers that did not sample",
      { sampler: parentBased({ root: never, remoteNotSampled: always }) },
      unsampled,
      { decidedBy: "default", ratio: 1 },
    ],
    [
      "a branch in place of callers that sampled",
      { sampler: parentBased({ root: always, remoteSampled: never }) },
      traceparent,
      { decidedBy: "default", ratio: 0 },
    ],
    ["the caller, before a sampler of no parents", { sampler: never }, traceparent, { decidedBy: "parent", ratio: 1 }],
    ["the caller that did not sample", { sampler: always }, unsampled, { decidedBy: "parent", ratio: 0 }],
    [
      "a rule that ignores callers and leaves it to the root",
      { sampler: parentBased({ root: always, remoteNotSampled: never }), rules: [{ match: "*", ignoreParent: true }] },
      unsampled,
      { decidedBy: "rule", ratio: 1 },
    ],
  ])("tells %s as a request finds it (R-S16)", (_, chosen, caller, expected) => {
    const telemetry = engine(chosen);
    const headers = { traceparent: caller };
    const explanation = telemetry.explain({ route: "/a", headers });
    expect(explanation).toMatchObject(expected);
    expect(sampledOf(telemetry, "/a", 1, headers)).toBe(explanation.ratio);
  });

  test("tells the steps in words (R-S16)", () => {
    expect(engine(options).explain({ route: "/users/:id" }).steps).toEqual([
      "no caller decided",
      'rules[1] "users" matches: 50 % are sampled, and the first 2 of each minute and route',
    ]);
  });

  test("tells the default where no rule matches, and what is switched off (R-S16)", async () => {
    expect(engine({ sampleRatio: 0.1 }).explain({})).toMatchObject({ decidedBy: "default", ratio: 0.1 });
    await resetTelemetry();
    expect(engine({ traces: false }).explain({})).toMatchObject({
      decidedBy: "switched-off",
      ratio: 0,
      keep: undefined,
    });
    await resetTelemetry();
    expect(engine({ sampler: () => true }).explain({})).toMatchObject({ decidedBy: "default", ratio: undefined });
  });

  test("counts and spends nothing (R-S16)", () => {
    const telemetry = engine({
      sampleRatio: 0,
      rules: [
        { match: "/a", ratio: 0, minPerMinute: 1 },
        { match: "/b", sampler: adaptive({ targetPerSecond: 1, adjustEveryMs: 1_000 }), maxPerSecond: 1 },
      ],
    });
    for (let i = 0; i < 100; i++) {
      telemetry.explain({ route: "/a" });
      expect(telemetry.explain({ route: "/b" }).ratio).toBe(1);
    }
    expect(telemetry.status().sampling.decisions).toEqual({});
    expect([sampledOf(telemetry, "/a", 2), sampledOf(telemetry, "/b", 1)]).toEqual([1, 1]);
    expect(telemetry.routes.size).toBe(2);
  });
});

describe("rollout", () => {
  test("outside of it a request has metrics and no traces, whoever calls and however it ends (R-S13)", () => {
    const telemetry = engine({ sampleRatio: 1, rollout: { ratio: 0.5, key: { header: "X-User" } } });
    let inside = 0;
    for (let user = 0; user < 200; user++) {
      const headers = {
        "x-user": `user-${user}`,
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      };
      const exchange = telemetry.begin<FakeRequest>({ headers }, fakeReader) as Exchange;
      exchange.end({ statusCode: 500, completed: true });
      inside += exchange.flags & 1;
    }
    expect(inside).toBeGreaterThan(60);
    expect(inside).toBeLessThan(140);
    const { sampling, metrics } = telemetry.status();
    expect(sampling.decisions).toEqual({ "parent:sampled": inside, "rollout:unsampled": 200 - inside });
    expect(sampling.kept).toEqual({});
    expect(countOf(telemetry)).toBe(200);
    expect(metrics.failedReads).toBe(0);
  });

  test("what a caller outside the trust boundary says in its baggage puts it in no rollout (D2)", async () => {
    const rollout = { ratio: 1, key: { baggage: "user" } } as const;
    const trusting = engine({ sampleRatio: 1, rollout });
    expect(sampledOf(trusting, "/a", 5, { baggage: "user=7" })).toBe(5);
    await resetTelemetry();
    const careful = engine({ sampleRatio: 1, rollout, trustIncoming: false });
    expect(sampledOf(careful, "/a", 5, { baggage: "user=7" })).toBe(0);
  });

  test("or nothing at all (R-S13)", () => {
    const rollout = { ratio: 0, key: { baggage: "user" }, outside: "nothing" } as const;
    const telemetry = engine({ sampleRatio: 1, rollout });
    expect(sampledOf(telemetry, "/a", 5, { baggage: "user=7" })).toBe(0);
    expect(countOf(telemetry)).toBe(0);
  });

  test("the key may be a function of the request; one that throws leaves it outside and is counted (R-S13)", () => {
    let user: string | undefined = "ann";
    const key = (request: unknown): string | undefined => {
      if (user === undefined) throw new Error("no user");
      return (request as FakeRequest).method ?? user;
    };
    const telemetry = engine({ sampleRatio: 1, rollout: { ratio: 1, key } });
    expect(sampledOf(telemetry, "/a")).toBe(1);
    user = undefined;
    expect(sampledOf(telemetry, "/a")).toBe(0);
    expect(telemetry.status().faults).toEqual({ rollout: 1 });
  });
});

function countOf(telemetry: Engine): number {
  let text = "";
  telemetry.prometheus({ allow: "any" })(
    { method: "GET", headers: {} } as never,
    { setHeader() {}, writeHead() {}, end: (body: string) => (text = String(body)) } as never,
  );
  return [...text.matchAll(/^http_server_request_duration_seconds_count\{.*\} (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}
