import { expect, test } from "vitest";
import type { SpanStarted } from "../../tracing/span/span-sink.ts";
import { attributesOf, testHost } from "../../testing/test-exchange.ts";

const done = { statusCode: 200, completed: true };

function listening(sampled: boolean) {
  const told: SpanStarted[] = [];
  const host = testHost({ sampler: () => sampled, change: { starts: { started: (start) => told.push(start) } } });
  return { ...host, told };
}

test("a request that is sampled while it runs is told once, and read as it is when somebody asks (R-P12)", () => {
  const { begin, told } = listening(true);
  const exchange = begin({ target: "/things?x=1" });
  exchange.span.setAttribute("before", 1);
  expect([exchange.flags & 1, exchange.childFate()]).toEqual([1, "recorded"]);
  exchange.span.setAttribute("after", 2);
  exchange.end(done);
  expect(told).toHaveLength(1);
  expect(told[0]?.span).toBe(exchange.span);
});

test("its span has what is known by then, what a handler set included (R-P12)", () => {
  const { begin, told } = listening(true);
  const exchange = begin({ target: "/things?x=1" });
  exchange.span.setAttribute("own", 1);
  expect(exchange.flags & 1).toBe(1);
  const span = told[0]?.read();
  expect(span).toMatchObject({ name: "GET", s0: exchange.s0, s1: exchange.s1, endMs: 0, statusCode: 0 });
  expect(attributesOf(span)).toMatchObject({ "url.path": "/things", own: 1, "sampling.reason": "custom" });
  expect(attributesOf(span)).not.toHaveProperty(["http.response.status_code"]);
});

test("one that is decided at its end, or is not sampled, is not told as begun (R-P12)", () => {
  const sampled = listening(true);
  sampled.begin().end(done);
  const unsampled = listening(false);
  expect(unsampled.begin().flags & 1).toBe(0);
  expect([sampled.told, unsampled.told]).toEqual([[], []]);
});
