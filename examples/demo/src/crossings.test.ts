import type { ReceivedSpan } from "@gossamer/testing";
import { expect, it } from "vitest";
import { Crossings } from "./crossings.ts";

function span(service: string, spanId: string, parentSpanId: string, traceId = "t"): ReceivedSpan {
  return { traceId, spanId, parentSpanId, name: "POST /x", resource: { "service.name": service } } as never;
}

it("tells a trace through several services in the order of the calls, however its spans arrived", () => {
  const crossings = new Crossings();
  for (const one of [span("c", "3", "2"), span("a", "1", "caller"), span("b", "2", "1")]) crossings.add(one);
  expect([...crossings.chains()]).toEqual([["t", ["a POST /x", "b POST /x", "c POST /x"]]]);
});

it("tells no further than the calls hang together", () => {
  const crossings = new Crossings();
  for (const one of [span("a", "1", ""), span("b", "2", "1"), span("c", "4", "3")]) crossings.add(one);
  expect(crossings.chains().get("t")).toEqual(["a POST /x", "b POST /x"]);
});

it("leaves out traces of one service", () => {
  const crossings = new Crossings();
  crossings.add(span("a", "1", ""));
  crossings.add(span("a", "2", "1"));
  expect(crossings.chains().size).toBe(0);
});
