import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delivered } from "../harness/contestant-check.ts";
import { axes, bareOf, oursOf } from "./axes.ts";
import { checkDelivered } from "./check-delivered.ts";
import { moduleOf, nameOf, pointOf } from "./scaling-point.ts";
import { scalingRequests } from "./scaling-service.ts";

test("a point survives its module's address", () => {
  for (const { points } of axes) {
    for (const { at } of points) assert.deepEqual(pointOf(moduleOf(oursOf(at)).href), oursOf(at));
  }
});

test("two points that are measured apart never share a name, so the sink counts them apart", () => {
  const ours = axes.flatMap(({ points }) =>
    points.map(({ at }) =>
      nameOf(oursOf(at))
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-"),
    ),
  );
  assert.equal(new Set(ours).size, ours.length);
});

test("what only telemetry has makes no other bare service, and what the service has does", () => {
  const bareNames = (axis: string): number =>
    new Set(axes.find(({ name }) => name === axis)!.points.map(({ at }) => nameOf(bareOf(at)))).size;
  assert.deepEqual([bareNames("rules"), bareNames("routes")], [1, 3]);
});

test("requests visit every route", () => {
  for (const routes of [1, 100, 5000]) {
    const visited = new Set(scalingRequests(routes).map(({ target }) => target.split("/")[2]));
    assert.equal(visited.size, routes);
  }
});

const attributesAxis = axes.find(({ name }) => name.startsWith("attributes on the server span"))!;
const childrenAxis = axes.find(({ name }) => name.startsWith("child spans"))!;

function arrived(axis: typeof attributesAxis, of: (amount: number) => Partial<Delivered>): Map<string, Delivered> {
  return new Map(
    axis.points.map(({ amount, at }) => [
      nameOf(oursOf(at)),
      { requests: 10, spans: 10, serverSpans: 10, serverAttributes: 100, wireBytes: 1000, ...of(amount) },
    ]),
  );
}

test("a contestant that loses attributes or child spans on the way is an error, not cheap", () => {
  const all = arrived(attributesAxis, (amount) => ({ serverAttributes: 10 * (12 + amount) }));
  assert.doesNotThrow(() => checkDelivered(attributesAxis, all));
  const cut = arrived(attributesAxis, (amount) => ({ serverAttributes: 10 * Math.min(64, 12 + amount) }));
  assert.throws(() => checkDelivered(attributesAxis, cut), /64 attributes arrived, not 76/);
  const few = arrived(childrenAxis, (amount) => ({ spans: 10 * (1 + Math.min(amount, 999)) }));
  assert.throws(() => checkDelivered(childrenAxis, few), /1000 spans a request arrived, not 1001/);
  assert.throws(() => checkDelivered(childrenAxis, new Map()), /nothing arrived/);
});
