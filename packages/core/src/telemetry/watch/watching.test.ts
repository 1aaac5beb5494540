import { afterEach, expect, test } from "vitest";
import type { EndedRequest } from "../../model/request/ended-request.ts";
import type { ReadableSpan } from "../../model/span-processor.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { TelemetryEngine } from "../telemetry.ts";
import type { EngineListener } from "./engine-watch.ts";

afterEach(() => resetTelemetry());

const done = { statusCode: 200, completed: true };

function engine(options: TelemetryOptions = {}): TelemetryEngine {
  return createTelemetry({
    serviceName: "watched",
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    ...options,
  } as TelemetryOptions<never>);
}

function listener(): EngineListener & { requests: EndedRequest[]; spans: ReadableSpan[] } {
  const requests: EndedRequest[] = [];
  const spans: ReadableSpan[] = [];
  return {
    requests,
    spans,
    requestEnded: (request) => void requests.push(request),
    spanEnded: (read) => void spans.push(read()),
  };
}

const request: FakeRequest = { target: "/things/7?token=1" };

test("who looks on is told of every request as it ends, sampled or not, and why (R-D3)", () => {
  const telemetry = engine({ rules: [{ name: "none", match: "*", ratio: 0 }] });
  const watching = listener();
  telemetry.watch(watching);
  telemetry.begin(request, fakeReader).end(done);
  telemetry.begin(request, fakeReader).end({ statusCode: 500, completed: true });
  telemetry.sampling.update({ rules: [{ name: "all", match: "*", ratio: 1 }] });
  telemetry.begin(request, fakeReader).end({ statusCode: 200, completed: false });
  const path = "/things/7";
  expect(watching.requests).toMatchObject([
    { path, statusCode: 200, aborted: false, traced: undefined, reason: "rule", rule: "none", traceId: undefined },
    { path, statusCode: 500, traced: "kept", reason: "error", errorType: "500", traceId: expect.any(String) },
    { path, statusCode: 200, aborted: true, traced: "sampled", rule: "all", errorType: "aborted" },
  ]);
  expect(watching.spans.map((span) => span.spanContext().traceId)).toEqual(
    watching.requests.slice(1).map(({ traceId }) => traceId),
  );
});

test("who looks on is told of spans that no request made, and of each span once (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 1 });
  const [one, other] = [listener(), listener()];
  telemetry.watch(one);
  telemetry.watch(other);
  telemetry.span("job", () => telemetry.span("step", () => {}));
  for (const { spans } of [one, other]) expect(spans.map(({ name }) => name).toSorted()).toEqual(["job", "step"]);
});

test("who looks on is told of each child span that is dropped, whichever bound it met, and whose it was (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 1, maxSpansPerRequest: 3 });
  const dropped: string[] = [];
  const watch = telemetry.watch({ ...listener(), spanDropped: (traceId) => void dropped.push(traceId) });
  const exchange = telemetry.begin(request, fakeReader);
  const steps = (): void => {
    for (let i = 0; i < 5; i++) telemetry.span("step", () => telemetry.span("below", () => {}));
  };
  exchange.run(steps);
  const { traceId } = exchange.shownSpan.spanContext();
  exchange.end(done);
  const own = dropped.splice(0);
  expect(own.length).toBeGreaterThan(3);
  expect(new Set(own)).toEqual(new Set([traceId]));
  telemetry.span("job", steps);
  expect(dropped).toHaveLength(own.length);
  expect(dropped).not.toContain(traceId);
  watch.stop();
  telemetry.span("job", steps);
  expect(dropped).toHaveLength(own.length);
});

test("a span that is read later is as it was at its end, and processors of the user's are told of it once (R-D3)", () => {
  const told: string[] = [];
  const telemetry = engine({
    sampleRatio: 1,
    spanProcessors: [
      {
        onStart: (span) => void told.push(`began ${(span as unknown as ReadableSpan).name}`),
        onEnd: (span) => void told.push(`ended ${(span as ReadableSpan).name}`),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const reads: (() => ReadableSpan)[] = [];
  telemetry.watch({ requestEnded() {}, spanEnded: (read) => void reads.push(read) });
  const exchange = telemetry.begin(request, fakeReader);
  exchange.run(() =>
    telemetry.span("step", (span) => {
      span.setAttribute("at", 1).addEvent("half way");
      span.end();
      span.setAttribute("at", 2).addEvent("too late");
    }),
  );
  exchange.end(done);
  expect(told).toHaveLength(4);
  expect(new Set(told).size).toBe(4);
  const [step, server] = reads.map((read) => read());
  expect(step).toMatchObject({ name: "step", attributes: { at: 1 }, ended: true });
  expect(step?.events.map(({ name }) => name)).toEqual(["half way"]);
  expect(step?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
});

test("who has stopped looking is told nothing, and spans go the way that they went before (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 1 });
  const [one, other] = [listener(), listener()];
  const watches = [telemetry.watch(one), telemetry.watch(other)];
  watches[0]?.stop();
  watches[0]?.stop();
  telemetry.begin(request, fakeReader).end(done);
  expect([one.requests.length, one.spans.length, other.requests.length, other.spans.length]).toEqual([0, 0, 1, 1]);
  watches[1]?.stop();
  telemetry.begin(request, fakeReader).end(done);
  expect([other.requests.length, other.spans.length]).toEqual([1, 1]);
  const again = listener();
  telemetry.watch(again);
  telemetry.begin(request, fakeReader).end(done);
  expect([again.requests.length, again.spans.length]).toEqual([1, 1]);
});

test("who throws while looking on is counted, and neither the request nor another listener notices (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 1 });
  const fail = (): never => {
    throw new Error("a page with a mistake");
  };
  telemetry.watch({ requestEnded: fail, spanEnded: fail });
  const other = listener();
  telemetry.watch(other);
  telemetry.begin(request, fakeReader).end(done);
  expect([other.requests.length, other.spans.length]).toEqual([1, 1]);
  expect(telemetry.status().faults["watch"]).toBe(2);
});

test("durations are of all requests, and looking takes nothing from those who export them (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 0 });
  const watch = telemetry.watch(listener());
  expect(watch.durations()?.points ?? []).toEqual([]);
  for (let i = 0; i < 3; i++) telemetry.begin(request, fakeReader).end(done);
  for (let i = 0; i < 2; i++) {
    const { boundaries, points } = watch.durations() ?? { boundaries: [], points: [] };
    expect(points).toMatchObject([{ count: 3, attributes: { "http.request.method": "GET" } }]);
    expect(points[0]?.counts).toHaveLength(boundaries.length + 1);
  }
});

test("a change of the sampling is tried with the checks of a start, and nothing is changed (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 0.5 });
  const watch = telemetry.watch(listener());
  const before = telemetry.sampling.current();
  const tried = watch.tryOut({ sampleRatio: 0.1, rules: [{ match: "/a", ratio: 1 }], keep: { slowerThanMs: 5 } });
  expect(tried).toMatchObject({
    sampleRatio: 0.1,
    rules: [{ match: "/a" }],
    keep: { ...before.keep, slowerThanMs: 5 },
  });
  expect(() => watch.tryOut({ rules: [{ match: "/a", ratio: 2 }] })).toThrow(OptionError);
  expect(() => watch.tryOut({ rules: [{ match: "*" }, { match: "/a" }] })).toThrow(OptionError);
  expect(telemetry.sampling.current()).toEqual(before);
});

test("a request of telemetry's own is left out: of counts, of traces and of what is told (R-D3)", () => {
  const telemetry = engine({ sampleRatio: 1 });
  const watching = listener();
  const watch = telemetry.watch(watching);
  const exchange = telemetry.begin(request, fakeReader);
  exchange.run(() => exchange.leaveOut());
  exchange.end(done);
  telemetry.begin(request, fakeReader).end(done);
  expect([watching.requests.length, watching.spans.length]).toEqual([1, 1]);
  expect(watch.durations()?.points).toMatchObject([{ count: 1 }]);
});

test("a change that was made while looking on is taken back to exactly what held, and what others changed since stays (R-D3)", () => {
  const telemetry = engine({ sampler: () => true, rules: [{ name: "a", match: "/a", ratio: 0 }] });
  const watch = telemetry.watch(listener());
  const before = telemetry.sampling.current();
  const undo = watch.change({ sampleRatio: 0, rules: [] });
  expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0, rules: [] });
  telemetry.sampling.update({ keep: { slowerThanMs: 7 } });
  expect(telemetry.sampling.current().changedBy).toBe("code");
  undo?.();
  expect(telemetry.sampling.current().changedBy).toBe("page");
  const { revision: _, changedBy: __, ...after } = telemetry.sampling.current();
  expect(after).toEqual({
    ...before,
    keep: { ...before.keep, slowerThanMs: 7 },
    revision: undefined,
    changedBy: undefined,
  });
  expect(telemetry.explain({ route: "/b" }).ratio).toBeUndefined();
});

test("what a page says that holds already is no change, and one that names nothing is none of anybody (R-D3)", () => {
  const rules = [{ name: "a", match: "/a", ratio: 0.5, keep: { slowerThanMs: 5 } }];
  const telemetry = engine({ sampleRatio: 0.5, rules, keep: { errors: true } });
  const watch = telemetry.watch(listener());
  const before = telemetry.sampling.current();
  for (const same of [{}, { sampleRatio: 0.5 }, { rules }, { keep: { errors: true } }, { dryRun: [] }])
    expect(watch.change(same)).toBeUndefined();
  telemetry.sampling.update({});
  expect(telemetry.sampling.current()).toEqual(before);
  expect(watch.change({ sampleRatio: 0.5, keep: { slowerThanMs: 9 } })).toBeTypeOf("function");
  expect(telemetry.sampling.current()).toMatchObject({ revision: 1, changedBy: "page" });
  watch.change({ dryRun: rules });
  expect(watch.change({ dryRun: rules })).toBeTypeOf("function");
  expect(telemetry.sampling.current().revision).toBe(3);
});
