import { expect, test } from "vitest";
import type { MetricData } from "../../model/metric-data.ts";
import { familyName, labelName } from "./prometheus-names.ts";
import { prometheusText } from "./prometheus.ts";
import { busyMetrics, get, testMetrics, registerAny } from "../testing/test-metrics.ts";

test("a histogram is buckets that add up to +Inf, a sum and a count (R-M4)", () => {
  const { metrics, routes } = testMetrics({ boundaries: [0.5, 1] });
  for (const seconds of [0.25, 0.75, 0.75, 3])
    metrics.http.series(routes.get("/a/:b"), get, "http", 200, undefined).record(seconds);
  const labels = 'http_request_method="GET",url_scheme="http",http_route="/a/:b",http_response_status_group="2xx"';
  expect(prometheusText(metrics.reader("cumulative").collect())).toBe(
    [
      "# HELP target_info Target metadata",
      "# TYPE target_info gauge",
      'target_info{service_name="shop",process_pid="7"} 1',
      "# HELP http_server_request_duration_seconds Duration of HTTP server requests.",
      "# TYPE http_server_request_duration_seconds histogram",
      `http_server_request_duration_seconds_bucket{${labels},le="0.5"} 1`,
      `http_server_request_duration_seconds_bucket{${labels},le="1"} 3`,
      `http_server_request_duration_seconds_bucket{${labels},le="+Inf"} 4`,
      `http_server_request_duration_seconds_sum{${labels}} 4.75`,
      `http_server_request_duration_seconds_count{${labels}} 4`,
      "",
    ].join("\n"),
  );
});

test("label values and help are escaped, so that no value can end its line (R-M4)", () => {
  const { metrics } = testMetrics();
  registerAny(metrics, {
    name: "x",
    unit: "",
    description: "a\\b\nc",
    kind: "gauge",
    read: () => [{ attributes: { key: 'a\\b"c\nd' }, value: 1 }],
  });
  const text = prometheusText(metrics.reader("cumulative").collect());
  expect(text).toContain('x{key="a\\\\b\\"c\\nd"} 1\n');
  expect(text).toContain("# HELP x a\\\\b\\nc\n");
  expect(text.trimEnd().split("\n")).toHaveLength(6);
});

test("what libraries count carries their scope, and one family holds the metrics of several; of another type only the first is said (R-M3)", () => {
  const { metrics } = testMetrics();
  const meterOf = (name: string, version?: string) => metrics.meterProvider.getMeter(name, version);
  meterOf("shop", "1.2.0").createCounter("orders", { description: "Orders." }).add(2, { kind: "new" });
  meterOf("cart").createCounter("orders").add(3);
  meterOf("cart").createHistogram("orders.total").record(1);
  meterOf("").createGauge("orders").record(1);
  const lines = prometheusText(metrics.reader("cumulative").collect())
    .split("\n")
    .filter((line) => line.includes("orders"));
  expect(lines.slice(0, 4)).toEqual([
    "# HELP orders_total Orders.",
    "# TYPE orders_total counter",
    'orders_total{kind="new",otel_scope_name="shop",otel_scope_version="1.2.0"} 2',
    'orders_total{otel_scope_name="cart"} 3',
  ]);
  expect(lines.slice(4).filter((line) => !line.includes("_bucket"))).toEqual([
    "# HELP orders ",
    "# TYPE orders gauge",
    "orders 1",
  ]);
});

test("the order of metrics and series does not change between two scrapes (R-M4)", () => {
  const { metrics, routes } = busyMetrics();
  const names = (): string[] =>
    prometheusText(metrics.reader("cumulative").collect())
      .split("\n")
      .map((line) => line.replace(/ [^ ]*$/, ""));
  const before = names();
  metrics.http.series(routes.get("/users/:id"), get, "http", 200, undefined).record(0.1);
  expect(names()).toEqual(before);
});

test("values of keys that come to the same label are joined, and of two metrics with one name the first is said (R-M4)", () => {
  const { metrics } = testMetrics();
  const head = { unit: "", description: "", kind: "gauge" } as const;
  registerAny(metrics, { ...head, name: "a.b", read: () => [{ attributes: { "k.1": "x", k_1: "y" }, value: 1 }] });
  registerAny(metrics, { ...head, name: "a_b", read: () => [{ attributes: {}, value: 2 }] });
  const lines = prometheusText(metrics.reader("cumulative").collect())
    .split("\n")
    .filter((line) => line.startsWith("a_b"));
  expect(lines).toEqual(['a_b{k_1="x;y"} 1']);
});

test.for([
  ["http.server.request.duration", "s", "histogram", false, "http_server_request_duration_seconds"],
  ["http.server.active_requests", "{request}", "sum", false, "http_server_active_requests"],
  ["gossamer.http.server.aborted_requests", "{request}", "sum", true, "gossamer_http_server_aborted_requests_total"],
  ["sent.total", "By", "sum", true, "sent_bytes_total"],
  ["fill", "1", "gauge", false, "fill_ratio"],
  ["tries", "1", "sum", true, "tries_total"],
  ["speed", "By/s", "gauge", false, "speed_bytes_per_second"],
  ["wait.seconds", "s", "gauge", false, "wait_seconds"],
  ["4xx.share", "%", "gauge", false, "_4xx_share_percent"],
  ["odd..näme", "{}", "gauge", false, "odd_n_me"],
] as const)(
  "%s in %j (%s) is named as OpenTelemetry names it for Prometheus (R-M4)",
  ([name, unit, kind, monotonic, expected]) => {
    expect(familyName({ name, unit, kind, monotonic } as unknown as MetricData)).toBe(expected);
  },
);

test("labels hold nothing that Prometheus does not take (R-M4)", () => {
  expect(["http.route", "4xx", "__proto__", "ü", ""].map(labelName)).toEqual([
    "http_route",
    "key_4xx",
    "key_proto_",
    "key_",
    "key_",
  ]);
});

test("10,000 random error types and routes make a text of bounded size (R-L5)", () => {
  const { metrics, routes } = testMetrics({ maxSeries: 100 });
  for (let i = 0; i < 10_000; i++) metrics.http.series(routes.get(`/${i}`), get, "http", 500, `E${i}`).record(1);
  const text = prometheusText(metrics.reader("cumulative").collect());
  expect(text.length).toBeLessThan(101 * 17 * 250);
  expect(text).toContain('http_server_request_duration_seconds_count{otel_metric_overflow="true"} 9900\n');
});
