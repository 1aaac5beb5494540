import { describe, expect, test } from "vitest";
import { tiered } from "../sampling/samplers/tiered.ts";
import { done } from "../testing/ruled-host.ts";
import { testHost, type TestHost } from "../testing/test-exchange.ts";

describe("a tiered sampler", () => {
  function tier(child: number, deep = 1): TestHost {
    const sampler = tiered({ root: 1, child, deep, minDepth: 3 });
    return testHost({ sampler, tracing: { decide: (facts) => sampler.decide(facts), tiers: { inForce: sampler } } });
  }

  function nest({ tracer }: TestHost, depth: number, names: string[] = []): string[] {
    if (depth === 0) return names;
    return tracer.startActiveSpan(`span ${names.length + 1}`, (span) => {
      const nested = nest({ tracer } as TestHost, depth - 1, [...names, span.spanContext().spanId]);
      span.end();
      return nested;
    });
  }

  test("leaves out the children of a sampled request, and what they call hangs under the request (R-S8)", () => {
    const host = tier(0);
    const exchange = host.begin();
    const ids = exchange.run(() => nest(host, 3));
    const { spanId, traceFlags } = exchange.span.spanContext();
    exchange.end(done);
    expect(host.written.map(({ name }) => name)).toEqual(["GET"]);
    expect(ids).toEqual([spanId, spanId, spanId]);
    expect(traceFlags & 1).toBe(1);
  });

  test("leaves out what is deep, below the last that is recorded (R-S8)", () => {
    const host = tier(1, 0);
    const exchange = host.begin();
    const ids = exchange.run(() => nest(host, 4));
    exchange.end(done);
    expect(host.written.map(({ name }) => name)).toEqual(["span 2", "span 1", "GET"]);
    expect(ids[2]).toBe(ids[1]);
    expect(ids[3]).toBe(ids[1]);
  });

  test("each span carries the threshold of its tier (R-S8)", () => {
    const sampler = tiered({ root: 1, child: 0.5 });
    const host = testHost({ sampler, tracing: { tiers: { inForce: sampler } } });
    for (let i = 0; i < 50; i++) {
      const exchange = host.begin();
      exchange.run(() => nest(host, 1));
      exchange.end(done);
    }
    const states = new Map<string, number>();
    for (const { name, traceState } of host.written) {
      states.set(`${name} ${traceState}`, (states.get(`${name} ${traceState}`) ?? 0) + 1);
    }
    expect([...states.keys()].toSorted()).toEqual(["GET ot=th:0", "span 1 ot=th:8"]);
    expect(states.get("span 1 ot=th:8")).toBeGreaterThan(10);
    expect(states.get("span 1 ot=th:8")).toBeLessThan(40);
  });

  test("goes for traces that no request made as well (R-S8)", () => {
    const host = tier(0);
    host.tracer.startActiveSpan("job", (job) => {
      host.tracer.startSpan("step").end();
      job.end();
    });
    expect(host.written.map(({ name }) => name)).toEqual(["job"]);
  });
});
