import { expect, test } from "vitest";
import { testTracing } from "../../testing/test-tracing.ts";

test("a span that nobody ends is ended when it is too old, counted as leaked, and delivered (R-I9)", () => {
  const { tracer, tracing, clock, written, lines } = testTracing({ maxSpanAgeMs: 1_000 });
  const forgotten = tracer.startSpan("forgotten");
  clock.wait(500);
  const young = tracer.startSpan("young");
  clock.wait(501);
  tracing.live.sweep(clock.now());
  expect([forgotten.isRecording(), young.isRecording()]).toEqual([false, true]);
  expect(written.map(({ name, endMs }) => [name, endMs])).toEqual([["forgotten", 1_001]]);
  expect([tracing.leaked, tracing.live.size]).toEqual([1, 1]);
  expect(lines).toEqual([expect.stringContaining('span "forgotten" was never ended')]);
});

test("a start time far in the past does not make a span old: its opening counts (R-I9)", () => {
  const { tracer, tracing, clock } = testTracing({ maxSpanAgeMs: 1_000 });
  const span = tracer.startSpan("queued yesterday", { startTime: clock.epochMs(0) - 86_400_000 });
  tracing.live.sweep(clock.now());
  expect(span.isRecording()).toBe(true);
});

test("with too many spans open the oldest is ended (R-I9)", () => {
  const { tracer, tracing, written } = testTracing({ maxLiveSpans: 3 });
  for (let i = 0; i < 5; i++) tracer.startSpan(`s${i}`, { root: true });
  expect(tracing.live.size).toBe(3);
  expect(written.map(({ name }) => name)).toEqual(["s0", "s1"]);
  expect(tracing.leaked).toBe(2);
});

test("each leaking name is told once, and not more names than an operator would read (R-I9)", () => {
  const { tracer, lines } = testTracing({ maxLiveSpans: 0 });
  for (let i = 0; i < 3; i++) tracer.startSpan("same");
  expect(lines).toHaveLength(1);
  for (let i = 0; i < 100; i++) tracer.startSpan(`name ${i} ${"x".repeat(1_000)}`);
  expect(lines).toHaveLength(20);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(300);
});

test("an `end` that somebody replaced cannot stop or break the search for leaks (R-I9)", () => {
  const { tracer, tracing, clock } = testTracing({ maxSpanAgeMs: 1_000 });
  const [deaf, broken] = [tracer.startSpan("deaf"), tracer.startSpan("broken")];
  const { end } = Object.getPrototypeOf(deaf) as typeof deaf;
  deaf.end = () => {};
  broken.end = () => {
    throw new Error("end");
  };
  clock.wait(2_000);
  const young = tracer.startSpan("young");
  tracing.live.sweep(clock.now());
  expect([tracing.leaked, tracing.live.size]).toEqual([2, 1]);
  end.call(deaf);
  young.end();
  expect(tracing.live.size).toBe(0);
});

test("spans that end in any order leave nothing behind (R-I9)", () => {
  const { tracer, tracing } = testTracing();
  const spans = Array.from({ length: 6 }, (_, i) => tracer.startSpan(`s${i}`));
  for (const i of [2, 0, 5, 3, 1, 4]) {
    spans[i]?.end();
    spans[i]?.end();
  }
  expect(tracing.live.size).toBe(0);
  tracer.startSpan("again").end();
  expect([tracing.live.size, tracing.leaked]).toEqual([0, 0]);
});
