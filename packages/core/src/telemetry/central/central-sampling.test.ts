import { afterEach, describe, expect, test } from "vitest";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { methodNames } from "../../limits/methods.ts";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import { seededRandom } from "../../testing/test-tracing.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Engine } from "../engine.ts";
import { isForRoutes } from "../sampling/compile-rules.part.ts";
import { LiveSampling } from "../sampling/live-sampling.ts";
import { type CentralSampling, centralSampling } from "./central-sampling.ts";
import type { Strategy } from "./strategy.ts";

afterEach(() => resetTelemetry());

const clock = handClock();

function engine(options: TelemetryOptions = {}): Engine {
  return createTelemetry({
    exporter: "none",
    diagnostics: "none",
    environment: "production",
    shutdown: { signals: false },
    random: seededRandom(),
    clock,
    ...options,
  } as TelemetryOptions<never>) as Engine;
}

/** Sends so many requests for a route and answers how many were sampled. */
function sampledOf(telemetry: Engine, template: string, requests = 1, headers: Record<string, string> = {}): number {
  let sampled = 0;
  for (let i = 0; i < requests; i++) {
    const request = { route: telemetry.routes.get(template), headers };
    const exchange = telemetry.begin<FakeRequest>(request, fakeReader) as Exchange;
    exchange.end({ statusCode: 200, completed: true });
    sampled += exchange.flags & 1;
  }
  return sampled;
}

function follow(telemetry: Engine, strategy: Partial<Strategy>): CentralSampling {
  const central = centralSampling(
    { otherwise: { kind: "ratio", ratio: 0 }, operations: [], minPerSecond: 0, maxPerSecond: undefined, ...strategy },
    (operation) => isForRoutes(operation, methodNames),
  );
  const sampling = telemetry.sampling;
  if (!(sampling instanceof LiveSampling)) throw new Error("the engine has no live sampling");
  sampling.follow(central, "remote");
  return central;
}

const all = { kind: "ratio", ratio: 1 } as const;

describe("what a central place says", () => {
  test("is rules on the route behind the service's own, and a default behind them (R-S17)", () => {
    const telemetry = engine({ sampleRatio: 1, rules: [{ name: "own", match: "GET /own", ratio: 0 }] });
    follow(telemetry, {
      operations: [
        { operation: "GET /own", wanted: all },
        { operation: "GET /users/:id", wanted: all },
        { operation: "/any", wanted: all },
      ],
    });
    expect(["/own", "/users/:id", "/any", "/rest"].map((route) => sampledOf(telemetry, route))).toEqual([0, 1, 1, 0]);
    expect(telemetry.status().sampling.decisions).toEqual({
      "own:unsampled": 1,
      "remote GET /users/:id:sampled": 1,
      "remote /any:sampled": 1,
      "remote:unsampled": 1,
    });
    expect(telemetry.sampling.current()).toMatchObject({
      sampleRatio: 0,
      changedBy: "remote",
      rules: [{ name: "own" }],
      centralRules: [{ match: "GET /own" }, { match: "GET /users/:id", ratio: 1 }, { match: "/any" }],
    });
    expect(telemetry.explain({ method: "GET", route: "/users/:id" })).toMatchObject({
      decidedBy: "rule",
      rule: "remote GET /users/:id",
      ratio: 1,
    });
  });

  test("leaves out what an own rule takes whole, in place of refusing it (R-S17)", () => {
    const telemetry = engine({ rules: [{ match: "*", ratio: 0 }] });
    follow(telemetry, { otherwise: all, operations: [{ operation: "GET /a", wanted: all }] });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([0, 0]);
  });

  test("follows callers, and has no say where they decided (R-S17)", () => {
    const telemetry = engine();
    follow(telemetry, { otherwise: all });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/a", 1, { traceparent })]).toEqual([1, 0]);
  });

  test("keeps a route alive by its lower bound, and every other route too (R-S17)", () => {
    const telemetry = engine();
    follow(telemetry, {
      operations: [{ operation: "GET /rare", wanted: { kind: "ratio", ratio: 0 } }],
      minPerSecond: 0.05,
    });
    expect(["/rare", "/a", "/b"].map((route) => sampledOf(telemetry, route, 10))).toEqual([3, 3, 3]);
    expect(telemetry.sampling.current().centralRules).toMatchObject([
      { minPerMinute: 3 },
      { match: "*", minPerMinute: 3 },
    ]);
  });

  test("holds an operation under its upper bound (R-S17)", () => {
    const telemetry = engine();
    follow(telemetry, { operations: [{ operation: "GET /a", wanted: all }], maxPerSecond: 4 });
    const sampled = sampledOf(telemetry, "/a", 1_000);
    expect(sampled).toBeGreaterThan(0);
    expect(sampled).toBeLessThan(20);
  });

  test("may be a rate, which is never passed (R-S17)", () => {
    const telemetry = engine({ sampleRatio: 1 });
    follow(telemetry, { otherwise: { kind: "rate-limit", perSecond: 5 } });
    expect(sampledOf(telemetry, "/a", 100)).toBe(5);
    expect(telemetry.sampling.current()).toMatchObject({
      sampleRatio: undefined,
      sampler: "ParentBased{root=RateLimit{5/s}}",
    });
  });

  test("lifts the valve, as choosing does (R-S17)", () => {
    const telemetry = engine({ environment: "development" });
    expect(sampledOf(telemetry, "/a", 300)).toBeLessThanOrEqual(101);
    follow(telemetry, { otherwise: all });
    expect(sampledOf(telemetry, "/a", 300)).toBe(300);
  });

  test("yields its default to a ratio that code chooses later, until it says anything new (R-S17)", () => {
    const telemetry = engine();
    const operations = [{ operation: "GET /a", wanted: all }];
    follow(telemetry, { operations, minPerSecond: 1 });
    telemetry.sampling.update({ sampleRatio: 0 });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([1, 0]);
    telemetry.sampling.update({ sampleRatio: 1 });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([1, 1]);
    follow(telemetry, { operations });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([1, 0]);
  });

  test("goes on beside rules that code changes (R-S17)", () => {
    const telemetry = engine();
    follow(telemetry, { otherwise: all });
    telemetry.sampling.update({ rules: [{ match: "GET /a", ratio: 0 }] });
    expect([sampledOf(telemetry, "/a"), sampledOf(telemetry, "/b")]).toEqual([0, 1]);
  });

  test("leaves out what names no request of a server, and what is beyond 2000 (R-S17)", () => {
    const telemetry = engine();
    const odd = ["getUser", "GET", "GET *", "*", "BREW /pot", "GET /a/**", "GET /\u0000", `GET /${"x".repeat(2_000)}`];
    const many = Array.from({ length: 2_001 }, (_, i) => `GET /${i}`);
    const operations = [...odd, ...many].map((operation) => ({ operation, wanted: all }));
    expect(follow(telemetry, { operations })).toMatchObject({ noRequests: odd, beyond: ["GET /2000"] });
    expect(["/0", "/1999", "/2000"].map((route) => sampledOf(telemetry, route))).toEqual([1, 1, 0]);
  });
});
