import { EventEmitter } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricsSnapshot } from "../../model/metric-data.ts";
import { openMetricsText } from "../../metrics/prometheus/open-metrics.ts";
import { prometheusText } from "../../metrics/prometheus/prometheus.ts";
import { WorkerMetrics } from "./worker-metrics.ts";

const attributes = { route: "/a", tags: ["x", null], big: true };
const exemplars = [{ value: 1, timeMs: 5, traceId: "1".repeat(32), spanId: "2".repeat(16) }];
const head = { description: "d", unit: "", startMs: 1 };
const whole: MetricsSnapshot = {
  resource: { attributes: { "service.name": "shop" }, schemaUrl: "https://schema" },
  timeMs: 9,
  scopes: [
    {
      scope: { name: "shop", version: "1", schemaUrl: undefined },
      metrics: [
        {
          ...head,
          kind: "sum",
          name: "orders",
          monotonic: true,
          temporality: "cumulative",
          valueType: "int",
          points: [{ attributes, value: 2, exemplars }],
        },
        { ...head, kind: "gauge", name: "depth", valueType: "double", points: [{ attributes, value: 0.5 }] },
        {
          ...head,
          kind: "histogram",
          name: "took",
          temporality: "cumulative",
          boundaries: [1],
          points: [{ attributes, count: 3, sum: 4, min: 0, max: 2, counts: [1, 2], exemplars }],
        },
      ],
    },
  ],
};

/** A primary with workers that say what they are told to, over a channel of events. */
function primary() {
  const channel = new EventEmitter();
  const complaints: number[] = [];
  const workers = { 1: { id: 1 }, 2: { id: 2 } };
  const metrics = new WorkerMetrics({
    cluster: Object.assign(channel, { workers }) as never,
    timeoutMs: 1,
    startTimer: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    epochMs: () => 10,
    unreadable: (id) => complaints.push(id),
  });
  return {
    complaints,
    say: (id: 1 | 2, message: unknown) => void channel.emit("message", workers[id], message),
    exit: (id: 1 | 2) => void channel.emit("exit", workers[id]),
    page() {
      const snapshot = metrics.collect();
      // As whoever asks for it has it.
      openMetricsText(snapshot);
      return prometheusText(snapshot);
    },
  };
}

const fewBuckets = replaced(whole, ["scopes", "0", "metrics", "2", "points", "0", "counts"], [1]);
const message = (snapshot: unknown): unknown => ({ type: "gossamer:metrics", round: 1, snapshot });
const said = (text: string, name: string): string[] => text.split("\n").filter((line) => line.startsWith(`${name}{`));

/** Every place in a value. */
function* places(value: unknown, path: readonly string[] = []): Iterable<readonly string[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) yield* places(member, [...path, name]);
}

function replaced(value: unknown, [name, ...rest]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  Reflect.set(copy, name, replaced(Reflect.get(copy, name), rest, other));
  return copy;
}

const odd = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    {},
    [],
    "",
    0,
    Number.NaN,
    true,
    1n,
    new Map(),
    [null],
    [{}],
    { a: {} },
    { toString: 1 },
  ),
  fc.anything({ withBigInt: true, withMap: true, withSet: true, withSparseArray: true, withNullPrototype: true }),
);
const oddMessages = fc.oneof(
  odd,
  odd.map(message),
  fc.tuple(fc.constantFrom(...places(whole)), odd).map(([place, other]) => message(replaced(whole, place, other))),
);

test("whatever a worker sends, the primary goes on and its page has what the others said (R-P13)", () => {
  fc.assert(
    fc.property(fc.array(oddMessages, { maxLength: 4 }), (messages) => {
      const { say, exit, page } = primary();
      say(2, message(whole));
      // Its unit, and whether it only rises, the first worker says.
      const series = /^orders[\w:]*\{route="\/a",tags="\[\\"x\\",null\]",big="true",otel_scope_name="shop"/m;
      expect(page()).toMatch(series);
      const steps = [...messages.map((one) => () => say(1, one)), () => exit(1), () => exit(2)];
      for (const step of steps) {
        step();
        expect(page()).toMatch(series);
      }
    }),
    { numRuns: 500 },
  );
});

test("a worker whose message holds no metrics is told once, and counts with what it said before (R-P13)", () => {
  const { say, exit, page, complaints } = primary();
  say(1, message(whole));
  for (const snapshot of [{}, undefined, { ...whole, scopes: [{}] }, fewBuckets]) say(1, message(snapshot));
  say(2, { type: "mine", snapshot: {} });
  expect(complaints).toEqual([1]);
  expect(said(page(), "orders_total")).toEqual([expect.stringMatching(/ 2$/)]);
  exit(1);
  expect(said(page(), "orders_total")).toHaveLength(1);
});

test("what a worker tells of itself passes over the channel in both forms that Node has (R-P13)", () => {
  for (const form of [(value: unknown) => JSON.parse(JSON.stringify(value)) as unknown, structuredClone]) {
    const { say, page, complaints } = primary();
    say(1, form(message(whole)));
    expect(complaints).toEqual([]);
    expect(said(page(), "took_count")).toHaveLength(1);
  }
});
