import { expect, test } from "vitest";
import { get, testMetrics } from "../testing/test-metrics.ts";
import { openMetricsText } from "./open-metrics.ts";
import { wantsOpenMetrics } from "./wants-open-metrics.ts";

const span = { t0: 0x0af76519, t1: 0x16cd43dd, t2: 0x8448eb21, t3: 0x1c80319c, s0: 0xb7ad6b71 | 0, s1: 0x69203331 };

test("the OpenMetrics text has the same series, units, exemplars where there are, and an end (R-M5)", () => {
  const { metrics, routes } = testMetrics({ boundaries: [0.1, 1] });
  const series = metrics.http.series(routes.get("/a"), get, "http", 200, undefined);
  for (const seconds of [0.067, 0.5]) series.record(seconds);
  series.offer({ value: 0.067, timeMs: 1_795_968_740_695, span, isNotable: false });
  metrics.meterProvider.getMeter("shop").createCounter("sent", { unit: "By" }).add(3);
  metrics.meterProvider.getMeter("").createGauge("sent", { unit: "By" }).record(1);
  const labels = 'http_request_method="GET",url_scheme="http",http_route="/a",http_response_status_group="2xx"';
  const name = "http_server_request_duration_seconds";
  expect(openMetricsText(metrics.reader("cumulative").collect())).toBe(
    [
      "# TYPE target info",
      "# HELP target Target metadata",
      'target_info{service_name="shop",process_pid="7"} 1',
      `# TYPE ${name} histogram`,
      `# UNIT ${name} seconds`,
      `# HELP ${name} Duration of HTTP server requests.`,
      `${name}_bucket{${labels},le="0.1"} 1 # {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"} 0.067 1795968740.695`,
      `${name}_bucket{${labels},le="1"} 2`,
      `${name}_bucket{${labels},le="+Inf"} 2`,
      `${name}_sum{${labels}} 0.567`,
      `${name}_count{${labels}} 2`,
      "# TYPE sent_bytes counter",
      "# UNIT sent_bytes bytes",
      "# HELP sent_bytes ",
      'sent_bytes_total{otel_scope_name="shop"} 3',
      "# EOF",
      "",
    ].join("\n"),
  );
});

test.for([
  [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    true,
  ],
  ["application/openmetrics-text", true],
  ["text/plain, application/openmetrics-text;q=0.9", false],
  ["application/openmetrics-text;q=0", false],
  ["APPLICATION/OpenMetrics-Text; version=1.0.0", true],
  ["application/openmetrics-text;q=x", false],
  ["text/html,*/*;q=0.8", false],
  ["*/*", false],
  ["", false],
  [undefined, false],
  [["application/openmetrics-text"], false],
  [`application/openmetrics-text${" ".repeat(2_000)}`, false],
] as const)("Accept: %j asks for OpenMetrics: %j (R-M5)", ([accept, expected]) => {
  expect(wantsOpenMetrics(accept)).toBe(expected);
});
