import { describe, expect, test } from "vitest";
import { TokenBucket } from "../sampling/threshold/token-bucket.ts";
import { done, failed, ruledHost, serveOne } from "../testing/ruled-host.ts";
import { roomFor } from "../testing/test-tracing.ts";

describe("keep.trace", () => {
  test("holds the child spans of an unsampled request, and writes them when it is kept (R-S12)", () => {
    const host = ruledHost([{ match: "/a", keep: { trace: true } }]);
    serveOne(host, "/a", failed);
    expect(host.written.map(({ name }) => name)).toEqual(["GET /a", "child 0", "child 1", "child 2"]);
    const [root, child] = host.written;
    expect([child?.t0, child?.t3, child?.p0, child?.p1]).toEqual([root?.t0, root?.t3, root?.s0, root?.s1]);
    for (const { flags, traceState } of host.written) expect([flags & 1, traceState]).toEqual([1, ""]);
  });

  test("lets go of them when it is not kept (R-S12)", () => {
    const held = roomFor(3);
    const host = ruledHost([{ match: "/a", keep: { trace: true } }], { tracing: { held } });
    for (let i = 0; i < 10; i++) serveOne(host, "/a", done);
    expect(host.written).toEqual([]);
    expect(held.isFull).toBe(false);
    expect(host.drops.snapshot()).toEqual({});
  });

  test("other rules cost nothing and keep the root alone (R-S12)", () => {
    const host = ruledHost([{ match: "/a", keep: { trace: true } }]);
    serveOne(host, "/b", failed);
    expect(host.written.map(({ name }) => name)).toEqual(["GET /b"]);
    expect(host.tracing.started).toBe(0);
  });

  test("may hold for the whole service, and a rule may say no (R-S12)", () => {
    const host = ruledHost([{ match: "/a", keep: { trace: false } }], { keep: { trace: true } });
    serveOne(host, "/a", failed);
    expect(host.written).toHaveLength(1);
    serveOne(host, "/b", failed);
    expect(host.written).toHaveLength(5);
  });

  test("a span that ends after its kept request is written too; the server span is not recording (R-I3, R-S12)", () => {
    const host = ruledHost([{ keep: { trace: true } }]);
    const exchange = host.begin();
    const late = exchange.run(() => host.tracer.startSpan("late"));
    expect([exchange.span.isRecording(), late.isRecording(), late.spanContext().traceFlags & 1]).toEqual([
      false,
      true,
      0,
    ]);
    exchange.end(failed);
    late.end();
    expect(host.written.map(({ name }) => name)).toEqual(["GET", "late"]);
  });

  test("holds at most 64 a request, the rest is counted (R-S12)", () => {
    const host = ruledHost([{ keep: { trace: true } }]);
    serveOne(host, "/a", failed, 70);
    expect(host.written).toHaveLength(65);
    expect(host.drops.snapshot()).toEqual({ "held-overflow": 6 });
  });

  test("and so many over all requests (R-S12)", () => {
    const held = roomFor(5);
    const host = ruledHost([{ keep: { trace: true } }], { tracing: { held } });
    const [one, other] = [host.begin(), host.begin()];
    for (const exchange of [one, other]) {
      exchange.run(() => {
        for (let i = 0; i < 4; i++) host.tracer.startSpan("child").end();
      });
    }
    expect(host.drops.snapshot()).toEqual({ "held-overflow": 3 });
    one.end(done);
    other.end(failed);
    expect(host.written).toHaveLength(2);
    expect(held.isFull).toBe(false);
  });

  test("what is kept counts towards the bound over all spans, what is let go does not (R-S12, R-S19)", () => {
    const spanLimit = new TokenBucket(2);
    const host = ruledHost([{ keep: { trace: true } }], { tracing: { spanLimit } });
    for (let i = 0; i < 5; i++) serveOne(host, "/a", done);
    serveOne(host, "/a", failed);
    expect(host.written.map(({ name }) => name)).toEqual(["GET /a", "child 0", "child 1"]);
    expect(host.drops.snapshot()).toEqual({ "span-limit": 1 });
  });

  test("below what was not recorded nothing is (R-S12)", () => {
    const host = ruledHost([{ keep: { trace: true } }], { tracing: { held: roomFor(0) } });
    const exchange = host.begin();
    exchange.run(() => {
      const outer = host.tracer.startSpan("outer");
      expect(outer.isRecording()).toBe(false);
      outer.end();
    });
    exchange.end(failed);
    expect(host.written).toHaveLength(1);
  });
});
