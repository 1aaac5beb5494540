import { expect, it } from "vitest";
import type { RouteRow } from "../../../src/protocol.ts";
import { type RouteOrder, steadyOrder } from "./route-order.ts";

function row(key: string, count: number, p95Ms?: number): RouteRow {
  const byStatus = { "1xx": 0, "2xx": count, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
  const figures = { count, byStatus, aborted: 0, ...(p95Ms === undefined ? {} : { p95Ms }) };
  return {
    key,
    service: "shop",
    method: "GET",
    route: `/${key}`,
    perSecond: count,
    spark: [],
    total: figures,
    lastMinute: figures,
  };
}

const asked = (order: RouteOrder, now: number, isPointedAt = false): Parameters<typeof steadyOrder>[2] => ({
  order,
  now,
  isPointedAt,
});

it("rows change places every five seconds at most, however their figures change (R-D3)", () => {
  const first = steadyOrder([row("a", 1), row("b", 2)], undefined, asked("rate", 1_000));
  expect(first.keys).toEqual(["b", "a"]);
  const turned = [row("a", 3), row("b", 2)];
  expect(steadyOrder(turned, first, asked("rate", 4_000)).keys).toEqual(["b", "a"]);
  expect(steadyOrder(turned, first, asked("rate", 6_000)).keys).toEqual(["a", "b"]);
});

it("rows stay where they are while somebody points at one (R-D3)", () => {
  const first = steadyOrder([row("a", 1), row("b", 2)], undefined, asked("rate", 1_000));
  const turned = [row("a", 3), row("b", 2)];
  expect(steadyOrder(turned, first, asked("rate", 60_000, true)).keys).toEqual(["b", "a"]);
});

it("a new route, one that is gone and another order are shown at once (R-D3)", () => {
  const first = steadyOrder([row("a", 1, 9), row("b", 2, 3)], undefined, asked("rate", 1_000));
  expect(steadyOrder([row("a", 1), row("b", 2), row("c", 5)], first, asked("rate", 1_001)).keys).toEqual([
    "c",
    "b",
    "a",
  ]);
  expect(steadyOrder([row("a", 1), row("d", 2)], first, asked("rate", 1_001, true)).keys).toEqual(["d", "a"]);
  expect(steadyOrder([row("a", 1, 9), row("b", 2, 3)], first, asked("p95", 1_001)).keys).toEqual(["a", "b"]);
});
