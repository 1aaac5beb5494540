import fc from "fast-check";
import { expect, test } from "vitest";
import { testMetrics } from "../testing/test-metrics.ts";
import { openMetricsText } from "./open-metrics.ts";
import { prometheusText } from "./prometheus.ts";

interface Line {
  readonly name: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
}

/** The lines of series, read as a scraper does. */
function parsed(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, inner = "", value] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? [];
      if (name === undefined) throw new Error(`no series: ${line}`);
      const labels = [...inner.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gs)].map(
        ([, label = "", of = ""]) => [label, of] as const,
      );
      expect(labels.map(([label, of]) => `${label}="${of}"`).join(",")).toBe(inner);
      return { name, labels, value: Number(value?.replace("Inf", "Infinity")) };
    });
}

function identity({ name, labels }: Line): string {
  return JSON.stringify([name, labels.filter(([, value]) => value !== "").sort(([a], [b]) => (a < b ? -1 : 1))]);
}

const keys = ["x.y", "x_y", "x-y", "le", "exported_le", "quantile", "otel_scope_name", "otel.scope.name", "", "é", "7"];
const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 3 })),
  fc.constantFrom<string | number | boolean | string[]>(7, "7", true, "true", "", "a;b", 'q"\\\n', ["a"], '["a"]'),
  { maxKeys: 4 },
);
const recorded = fc.record({
  kind: fc.constantFrom("counter", "histogram", "gauge", "level"),
  meter: fc.constantFrom("", "m", "m2", "@gossamer/core"),
  name: fc.constantFrom("a", "a.b", "a_b", "a.total", "a.count", "a.bucket", "target", "target.info", "a.created"),
  attributes,
});

test("no two series of a text are equal, and none has a label twice, whatever the attributes and names (R-M4)", () => {
  fc.assert(
    fc.property(fc.array(recorded, { maxLength: 30 }), (records) => {
      const { metrics } = testMetrics();
      for (const { kind, meter: of, name, attributes: given } of records) {
        const meter = metrics.meterProvider.getMeter(of);
        if (kind === "counter") meter.createCounter(name).add(1, given);
        else if (kind === "level") meter.createUpDownCounter(name).add(1, given);
        else if (kind === "gauge") meter.createGauge(name).record(1, given);
        else meter.createHistogram(name, { advice: { explicitBucketBoundaries: [1] } }).record(1, given);
      }
      const snapshot = metrics.reader("cumulative").collect();
      for (const text of [prometheusText(snapshot), openMetricsText(snapshot)]) {
        const lines = parsed(text);
        for (const { labels } of lines) expect(new Set(labels.map(([label]) => label)).size).toBe(labels.length);
        const all = lines.map(identity);
        expect(all.filter((one, i) => all.indexOf(one) !== i)).toEqual([]);
      }
    }),
  );
});

test("series that labels do not tell apart are one: counts and distributions are added up, of gauges the last is told (R-M4)", () => {
  const { metrics } = testMetrics();
  const meter = metrics.meterProvider.getMeter("");
  const orders = meter.createCounter("orders");
  orders.add(1, { shop: 7 });
  orders.add(2, { shop: "7" });
  const size = meter.createHistogram("size", { advice: { explicitBucketBoundaries: [1] } });
  size.record(1, { isNew: true });
  size.record(3, { isNew: "true" });
  const fill = meter.createGauge("fill");
  fill.record(1, { "x.y": 1 });
  fill.record(2, { "x-y": 1 });
  fill.record(3, { empty: "" });
  fill.record(4);
  const lines = prometheusText(metrics.reader("cumulative").collect())
    .split("\n")
    .filter((line) => !line.startsWith("#"));
  expect(lines.slice(1, -1)).toEqual([
    'orders_total{shop="7"} 3',
    'size_bucket{isNew="true",le="1"} 1',
    'size_bucket{isNew="true",le="+Inf"} 2',
    'size_sum{isNew="true"} 4',
    'size_count{isNew="true"} 2',
    'fill{x_y="1"} 2',
    "fill 4",
  ]);
});

test("values of one label are joined in the order of their keys, and labels that the text sets itself are told as exported_… (R-M4)", () => {
  const { metrics } = testMetrics();
  const meter = metrics.meterProvider.getMeter("m");
  meter.createCounter("a").add(1, { x_y: "second", "x.y": "first", "x-y": "zeroth" });
  meter
    .createHistogram("h", { advice: { explicitBucketBoundaries: [] } })
    .record(1, { le: "5", quantile: 0.5, otel_scope_name: "evil" });
  const text = prometheusText(metrics.reader("cumulative").collect());
  expect(text).toContain('a_total{x_y="zeroth;first;second",otel_scope_name="m"} 1\n');
  expect(text).toContain(
    'h_bucket{exported_le="5",exported_quantile="0.5",exported_otel_scope_name="evil",otel_scope_name="m",le="+Inf"} 1\n',
  );
});

test("a metric whose name in the text is another's is left out, counted and said once, in both formats (R-M4)", () => {
  const { metrics, lines } = testMetrics();
  const [one, other] = [metrics.meterProvider.getMeter("m"), metrics.meterProvider.getMeter("m2")];
  one.createCounter("dup").add(1);
  other.createHistogram("dup.total").record(1);
  one.createCounter("a.b").add(1);
  one.createCounter("a_b").add(1);
  one.createHistogram("wait").record(1);
  other.createGauge("wait.count").record(1);
  other.createGauge("target.info").record(1);
  const reader = metrics.reader("cumulative");
  for (const write of [prometheusText, openMetricsText]) {
    const text = write(reader.collect(), metrics.untold);
    expect(
      parsed(text.replace("# EOF\n", "")).filter(({ name }) => /^(dup|a_b|wait_count|target)/.test(name)),
    ).toHaveLength(4);
  }
  expect(metrics.status().drops).toEqual({ "prometheus-name": 8 });
  expect(lines).toEqual([
    'the metric a_b of "m" would be a_b_total in the Prometheus text, like another one: it is left out there. Rename one with a view',
    ...[
      'dup.total of "m2" would be dup_total',
      'wait.count of "m2" would be wait_count',
      'target.info of "m2" would be target_info',
    ].map(
      (what) =>
        `the metric ${what} in the Prometheus text, like another one: it is left out there. Rename one with a view`,
    ),
  ]);
});
