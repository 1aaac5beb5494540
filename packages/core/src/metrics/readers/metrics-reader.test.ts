import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricData, MetricsSnapshot } from "../../model/metric-data.ts";
import { get, metricOf, metricsIn, testMetrics, registerAny } from "../testing/test-metrics.ts";

const duration = "http.server.request.duration";

test("no reader takes from another: each sees every value once, whenever it collects (R-M4)", () => {
  const readers = 4;
  // A step records a value, or has a reader collect; 4 is somebody who reads cumulative numbers.
  const step = fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom("0", "1", "2", "3", "4"));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { metrics, routes } = testMetrics();
      const deltas = Array.from({ length: readers }, () => metrics.reader("delta"));
      const all = metrics.reader("cumulative");
      const seen: number[] = [];
      const since: number[][] = deltas.map(() => []);
      let counted = 0;
      registerAny(metrics, {
        name: "x",
        unit: "1",
        description: "",
        kind: "sum",
        monotonic: true,
        read: () => [{ attributes: {}, value: counted }],
      });
      const collectAll = (place: number): void => {
        const snapshot = (deltas[place] ?? all).collect();
        const values = (since[place] ?? seen).splice(0);
        if (place === readers) seen.push(...values);
        expect(toldOf(metricOf(snapshot, duration))).toEqual(expectedOf(values));
        expect(toldOf(metricOf(snapshot, "gossamer.http.server.aborted_requests"))).toEqual(numberOf(values.length));
        expect(toldOf(metricOf(snapshot, "x"))).toEqual(place === readers ? [counted] : numberOf(values.length));
      };
      for (const taken of steps) {
        if (typeof taken === "string") {
          collectAll(Number(taken));
          continue;
        }
        metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(taken);
        metrics.http.series(routes.get("/a"), get, "http", 200, undefined).aborted();
        counted++;
        for (const values of [...since, seen]) values.push(taken);
      }
      for (let place = 0; place <= readers; place++) collectAll(place);
    }),
  );
});

test("a delta begins where the same reader's last one ended (R-M4)", () => {
  const { metrics, routes, clock } = testMetrics();
  const [often, seldom] = [metrics.reader("delta"), metrics.reader("delta")];
  const record = () => metrics.http.series(routes.get("/a"), get, "http", 200, undefined).record(0.1);
  record();
  clock.wait(10);
  const first = often.collect();
  record();
  clock.wait(10);
  expect(metricsIn(often.collect())[0]).toMatchObject({ startMs: first.timeMs, points: [{ count: 1 }] });
  expect(metricsIn(seldom.collect())[0]).toMatchObject({ startMs: clock.epochMs(0), points: [{ count: 2 }] });
});

test("a fifth reader of deltas is an error that says so, cumulative ones are any number (R-M4)", () => {
  const { metrics } = testMetrics();
  for (let i = 0; i < 4; i++) metrics.reader("delta");
  expect(() => metrics.reader("delta")).toThrow(
    new RangeError("There are at most 4 readers of deltas: each costs every series a little."),
  );
  for (let i = 0; i < 9; i++) expect(metrics.reader("cumulative").collect().scopes).toEqual([]);
});

function numberOf(count: number): number[] | undefined {
  return count === 0 ? undefined : [count];
}

function toldOf(metric: MetricData | undefined): unknown {
  if (metric?.kind === "sum" || metric?.kind === "gauge") return metric.points.map(({ value }) => value);
  return metric?.points.map(({ count, min, max }) => ({ count, min, max }));
}

function expectedOf(values: readonly number[]): unknown {
  if (values.length === 0) return undefined;
  return [{ count: values.length, min: Math.min(...values), max: Math.max(...values) }];
}

test("a delta has the exemplars of its own time, cumulative numbers the latest there are (R-M5)", () => {
  const { metrics, routes, clock } = testMetrics();
  const deltas = metrics.reader("delta");
  const series = metrics.http.series(routes.get("/a"), get, "http", 200, undefined);
  const span = { t0: 1, t1: 2, t2: 3, t3: 4, s0: 5, s1: 6 };
  const exemplarsIn = (snapshot: MetricsSnapshot) =>
    metricOf(snapshot, duration)?.points.map((point) => point.exemplars?.length);
  series.record(0.1);
  series.offer({ value: 0.1, timeMs: clock.epochMs(clock.now()), span, isNotable: false });
  clock.wait(10);
  expect(exemplarsIn(deltas.collect())).toEqual([1]);
  clock.wait(10);
  series.record(0.1);
  expect(exemplarsIn(deltas.collect())).toEqual([0]);
  expect(exemplarsIn(metrics.reader("cumulative").collect())).toEqual([1]);
});
