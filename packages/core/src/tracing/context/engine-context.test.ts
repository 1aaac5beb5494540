import { createContextKey, propagation, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { testHost } from "../../testing/test-exchange.ts";
import { EngineContext } from "./engine-context.ts";

const one = createContextKey("one");
const two = createContextKey("two");

test("a value that is set is found in the new context and not in the old one (R-I8)", () => {
  const exchange = testHost().begin();
  const first = exchange.setValue(one, 1);
  const second = first.setValue(two, 2).setValue(one, "new");
  expect([exchange.getValue(one), first.getValue(one), first.getValue(two)]).toEqual([undefined, 1, undefined]);
  expect([second.getValue(one), second.getValue(two)]).toEqual(["new", 2]);
});

test("a value that is deleted is gone, in the new context alone (R-I8)", () => {
  const first = testHost().begin().setValue(one, 1);
  expect([first.deleteValue(one).getValue(one), first.getValue(one)]).toEqual([undefined, 1]);
});

test("the active span is the server's until another is set, and taking it away leaves none (R-I8)", () => {
  const { begin, tracer } = testHost({ sampler: () => true });
  const exchange = begin();
  expect(trace.getSpan(exchange)).toBe(exchange.span);
  expect(trace.getSpan(exchange.setValue(one, 1))).toBe(exchange.span);
  const child = tracer.startSpan("child", {}, exchange);
  const context = trace.setSpan(exchange, child);
  expect(trace.getSpan(context.setValue(one, 1))).toBe(child);
  expect(trace.getSpan(trace.deleteSpan(context))).toBeUndefined();
  expect(trace.getSpan(trace.deleteSpan(exchange))).toBeUndefined();
});

test("what the context below knows shines through (R-I8)", () => {
  const base = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ tenant: { value: "a" } }));
  const context = EngineContext.on(base, one, 1);
  expect(propagation.getBaggage(context)?.getEntry("tenant")?.value).toBe("a");
});

test("however many spans are nested, a context is one step from its request (R-I8)", () => {
  const exchange = testHost().begin();
  let context = exchange.setValue(one, 1);
  for (let i = 0; i < 100_000; i++) context = trace.setSpan(context, { number: i } as unknown as Span);
  expect((context as EngineContext).base).toBe(exchange);
  expect(context.getValue(one)).toBe(1);
  expect(context.getValue(two)).toBeUndefined();
});
