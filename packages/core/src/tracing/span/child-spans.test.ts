import { describe, expect, test } from "vitest";
import { done, failed, ruledHost } from "../../testing/ruled-host.ts";
import { testHost, type TestHost } from "../../testing/test-exchange.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { roomFor } from "../../testing/test-tracing.ts";

/** Begins and ends so many children, one after another. */
function children(exchange: Exchange, { tracer }: TestHost, count: number, name = "child"): void {
  exchange.run(() => {
    for (let i = 0; i < count; i++) tracer.startSpan(`${name} ${i}`).end();
  });
}

/** What was written, each with its lane. */
function sent({ written, lanes }: TestHost): string[] {
  return written.map(({ name }, i) => `${name} → ${lanes[i] ?? "any"}`);
}

describe("the children of a sampled request", () => {
  test("wait for its end, 128 of them; one more lets all go ahead, in order, to the lane of its route (R-P4)", () => {
    const host = testHost({ sampler: () => true });
    const exchange = host.begin({ route: host.routes.get("/a", { lane: "jobs" }) });
    children(exchange, host, 128);
    expect(host.written).toEqual([]);
    children(exchange, host, 1, "last");
    expect(sent(host)).toEqual([...Array.from({ length: 128 }, (_, i) => `child ${i} → jobs`), "last 0 → jobs"]);
    children(exchange, host, 1, "next");
    exchange.end(failed);
    children(exchange, host, 1, "late");
    expect(sent(host).slice(129)).toEqual(["next 0 → jobs", "GET /a → errors", "late 0 → errors"]);
  });

  test("take no places from others once they went ahead (R-P4)", () => {
    const held = roomFor(257);
    const host = testHost({ sampler: () => true, tracing: { held } });
    const [one, other] = [host.begin(), host.begin()];
    children(one, host, 200);
    children(other, host, 128);
    expect(held.isCrowded).toBe(false);
    expect(host.written).toHaveLength(200);
    one.end(done);
    other.end(done);
    expect(host.written).toHaveLength(330);
    expect(held.bytes).toBe(0);
  });

  test("of a stream do not wait for its end (R-M2, R-P4)", () => {
    const host = ruledHost([{ lane: "jobs" }], { sampler: () => true });
    const exchange = host.begin();
    children(exchange, host, 1, "before");
    exchange.headersSent(true);
    expect(host.written).toEqual([]);
    children(exchange, host, 1, "event");
    expect(sent(host)).toEqual(["before 0 → jobs", "event 0 → jobs"]);
  });

  test("go at once where others hold half of all places, and none is dropped (R-P4)", () => {
    const held = roomFor(4);
    const host = testHost({ sampler: () => true, tracing: { held } });
    const exchange = host.begin();
    children(exchange, host, 2);
    expect(host.written).toEqual([]);
    children(exchange, host, 1, "third");
    expect(sent(host)).toEqual(["child 0 → any", "child 1 → any", "third 0 → any"]);
    expect([held.isFull, host.drops.snapshot()]).toEqual([false, {}]);
  });

  test("of which the first begins after its end go where its span went (R-P4)", () => {
    const host = testHost({ sampler: () => true });
    const [failing, working] = [host.begin(), host.begin()];
    failing.end(failed);
    working.end(done);
    children(failing, host, 1, "failing");
    children(working, host, 1, "working");
    expect(sent(host)).toEqual(["GET → errors", "GET → any", "failing 0 → errors", "working 0 → any"]);
  });
});

describe("the children of a request that is not sampled", () => {
  test("are written, when it was kept, though the first begins after its end (R-S12)", () => {
    const host = ruledHost([{ keep: { trace: true } }]);
    const exchange = host.begin();
    exchange.end(failed);
    children(exchange, host, 1);
    expect(sent(host)).toEqual(["GET → errors", "child 0 → errors"]);
  });

  test("are let go, when it was not kept, whether they ended before it or after, and take no places (R-S12)", () => {
    const held = roomFor(1);
    const host = ruledHost([{ keep: { trace: true } }], { tracing: { held } });
    const exchange = host.begin();
    const open = exchange.run(() => host.tracer.startSpan("open"));
    children(exchange, host, 1, "early");
    expect(held.isFull).toBe(true);
    exchange.end(done);
    expect(held.isFull).toBe(false);
    open.end();
    children(exchange, host, 1, "late");
    expect([host.written, host.drops.snapshot(), held.isFull]).toEqual([[], {}, false]);
  });

  test("that are kept come behind it, parents first (R-S12)", () => {
    const host = ruledHost([{ keep: { trace: true } }]);
    const exchange = host.begin();
    exchange.run(() => {
      host.tracer.startActiveSpan("outer", (outer) => {
        host.tracer.startSpan("inner").end();
        outer.end();
      });
    });
    exchange.end(failed);
    expect(sent(host)).toEqual(["GET → errors", "outer → errors", "inner → errors"]);
  });
});
