import type { OtelSampler } from "@gossamer/core";
import {
  adaptive,
  alwaysOff,
  alwaysOn,
  parentBased,
  priority,
  rateLimit,
  ratio,
  rollout,
  rules,
  tiered,
  toOtelSampler,
} from "@gossamer/core/samplers";
import { describe, expect, test } from "vitest";

/** What the suite needs of an SDK: a span started under a sampler, as plain data. */
export interface SdkUnderTest {
  readonly name: string;
  /** Starts a trace and, below its root, `depth` spans in a row. */
  trace(sampler: OtelSampler, start?: TraceStart): readonly StartedSpan[];
}

export interface TraceStart {
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, string | string[]>>;
  /** How many spans hang below the root, each under the one before. @default 0 */
  readonly depth?: number;
  /** A caller in another process. */
  readonly caller?: { readonly traceId: string; readonly sampled: boolean; readonly traceState: string };
}

export interface StartedSpan {
  readonly traceId: string;
  readonly sampled: boolean;
  readonly traceState: string;
  /** Empty for one that is not recorded. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Of trace ids that are counted up, R is the last 56 bits. */
function traceId(r: string): string {
  return `${"a".repeat(18)}${r}`;
}

const upper = "ffffffffffffff";
const lower = "00000000000001";

/** Every sampler of ours decides in the SDK as it does alone. */
export function describeOtelSampler({ name, trace }: SdkUnderTest): void {
  const called = (r: string, sampled: boolean, traceState = ""): TraceStart => ({
    caller: { traceId: traceId(r), sampled, traceState },
  });

  describe(`samplers in ${name}`, () => {
    test("always on and off (R-A5)", () => {
      expect(trace(toOtelSampler(alwaysOn()))[0]).toMatchObject({ sampled: true, traceState: "ot=th:0" });
      expect(trace(toOtelSampler(alwaysOff()))[0]).toMatchObject({ sampled: false, traceState: "", attributes: {} });
    });

    test("a ratio goes by the last 56 bits of the trace id, and tells its threshold and why (R-A5, R-S1)", () => {
      const sampler = toOtelSampler(ratio(0.25));
      expect(trace(sampler, called(upper, false))[0]).toMatchObject({
        sampled: true,
        traceState: "ot=th:c",
        attributes: { "sampling.reason": "ratio", "sampling.ratio": 0.25 },
      });
      expect(trace(sampler, called(lower, true))[0]?.sampled).toBe(false);
    });

    test("rv takes the place of the trace id and is never changed (R-A5, R-S1)", () => {
      const sampler = toOtelSampler(ratio(0.5));
      expect(trace(sampler, called(lower, false, "ot=rv:fedcba98765432,x=1"))[0]).toMatchObject({
        sampled: true,
        traceState: "ot=th:8;rv:fedcba98765432,x=1",
      });
      expect(trace(sampler, called(upper, true, "ot=th:0;rv:00000000000001"))[0]).toMatchObject({
        sampled: false,
        traceState: "ot=rv:00000000000001",
      });
    });

    test("parentBased follows a caller and passes its threshold on (R-A5, R-S2)", () => {
      const sampler = toOtelSampler(parentBased({ root: alwaysOff() }));
      expect(trace(sampler, { ...called(upper, true, "ot=th:c"), depth: 2 })).toMatchObject([
        { sampled: true, traceState: "ot=th:c", attributes: { "sampling.reason": "parent" } },
        { sampled: true, traceState: "ot=th:c" },
        { sampled: true, traceState: "ot=th:c" },
      ]);
      expect(trace(sampler, called(upper, false))[0]?.sampled).toBe(false);
    });

    test("what no threshold chose takes away the caller's (R-A5, R-S9)", () => {
      const sampler = toOtelSampler(rateLimit({ perSecond: 1 }), { now: () => 0 });
      const [span] = trace(sampler, called(upper, true, "ot=th:c"));
      expect(span).toMatchObject({ sampled: true, traceState: "" });
      expect(trace(sampler)[0]?.sampled).toBe(false);
    });

    test("adaptive lowers its threshold by the time it is given (R-A5, R-S6)", () => {
      let nowMs = 0;
      const sampler = toOtelSampler(adaptive({ targetPerSecond: 10, minRatio: 0, adjustEveryMs: 1_000 }), {
        now: () => nowMs,
      });
      let sampled = 0;
      for (let i = 0; i < 2_000; i++) {
        nowMs += 1;
        if (trace(sampler)[0]?.sampled === true) sampled++;
      }
      // Of 2,000 in 2 s; R is drawn by the SDK, so that chance has a say.
      expect(sampled).toBeGreaterThan(3);
      expect(sampled).toBeLessThan(60);
    });

    test("priority and rollout read attributes and captured headers (R-A5, R-S7, R-S13)", () => {
      const byHeader = toOtelSampler(priority({ from: { header: "x-priority" }, ratios: { high: 1 }, otherwise: 0 }));
      const header = { "http.request.header.x-priority": ["high"] };
      expect(trace(byHeader, { attributes: header })[0]?.sampled).toBe(true);
      expect(trace(byHeader)[0]?.sampled).toBe(false);
      const byTenant = toOtelSampler(rollout({ ratio: 1, key: { attribute: "tenant" } }));
      expect(trace(byTenant, { attributes: { tenant: "a" } })[0]).toMatchObject({ sampled: true, traceState: "" });
      expect(trace(byTenant)[0]?.sampled).toBe(false);
    });

    test("rules see method, route, path, host and headers by the attributes of the conventions, old and new (R-A5, R-S4)", () => {
      const sampler = toOtelSampler(
        rules([
          { name: "users", match: "GET /users/:id", ratio: 1 },
          { name: "scan", path: "/wp-*", ratio: 0 },
          { name: "partner", host: "partner.example", ratio: 1 },
          { name: "probe", headers: { "user-agent": "kube-probe*" }, ratio: 0 },
        ]),
      );
      const named = (attributes: Record<string, string>): unknown =>
        trace(sampler, { attributes })[0]?.attributes["sampling.rule"];
      expect(named({ "http.request.method": "GET", "http.route": "/users/:id" })).toBe("users");
      expect(named({ "http.method": "GET", "http.route": "/users/:id" })).toBe("users");
      expect(named({ "http.request.method": "POST", "http.route": "/users/:id" })).toBeUndefined();
      expect(named({ "server.address": "partner.example", "url.path": "/wp-admin" })).toBeUndefined();
      expect(named({ "server.address": "partner.example", "http.target": "/x?y=1" })).toBe("partner");
      expect(named({ "http.host": "partner.example:80" })).toBe("partner");
    });

    test("a rule's cap and floor hold, by the time it is given (R-A5, R-S4)", () => {
      let nowMs = 0;
      const sampler = toOtelSampler(
        rules([
          { name: "capped", path: "/search", ratio: 1, maxPerSecond: 10 },
          { name: "floored", path: "/rare", ratio: 0, minPerMinute: 2 },
        ]),
        { now: () => nowMs },
      );
      const sampledOf = (path: string, requests: number): number => {
        let sampled = 0;
        for (let i = 0; i < requests; i++) {
          nowMs += 1;
          if (trace(sampler, { attributes: { "url.path": path } })[0]?.sampled === true) sampled++;
        }
        return sampled;
      };
      expect(sampledOf("/rare", 1_000)).toBe(2);
      nowMs += 60_000;
      expect(sampledOf("/rare", 1_000)).toBe(2);
      // Ten seconds' worth, and a burst of one: 110. The SDK draws R, so that chance has a say: six standard deviations to each side.
      const capped = sampledOf("/search", 10_000);
      expect(capped).toBeGreaterThan(45);
      expect(capped).toBeLessThan(175);
    });

    test("tiers go by the depth in this process; in parentBased children follow (R-A5, R-S8)", () => {
      const tiers = toOtelSampler(tiered({ root: 1, child: 0.5, deep: 0.5, minDepth: 2 }));
      const at = (r: string): boolean[] => trace(tiers, { ...called(r, true), depth: 3 }).map(({ sampled }) => sampled);
      expect(at(upper)).toEqual([true, true, true, true]);
      expect(at("a0000000000000")).toEqual([true, true, false, false]);
      expect(at(lower)).toEqual([true, false, false, false]);
      const [, child, deep] = trace(tiers, { ...called(upper, true), depth: 2 });
      expect([child?.traceState, deep?.traceState]).toEqual(["ot=th:8", "ot=th:c"]);
      expect(deep?.attributes["sampling.depth"]).toBe(2);

      const following = toOtelSampler(parentBased({ root: tiered({ root: 1, child: 0 }) }));
      expect(trace(following, { depth: 2 }).map(({ sampled }) => sampled)).toEqual([true, true, true]);
    });

    test("a function is a sampler; one that throws samples nothing (R-A5)", () => {
      expect(
        trace(
          toOtelSampler(({ name: asked }) => asked === "yes"),
          { name: "yes" },
        )[0]?.sampled,
      ).toBe(true);
      const broken = toOtelSampler(() => {
        throw new Error("no");
      });
      expect(trace(broken)[0]?.sampled).toBe(false);
    });

    test("says what it is (R-A5)", () => {
      expect(String(toOtelSampler(ratio(0.5)))).toBe("Gossamer{Ratio{0.5}}");
    });
  });
}
