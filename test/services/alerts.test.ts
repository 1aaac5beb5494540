import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { needPrometheus } from "./prometheus-server.ts";

// Prometheus's own promtool runs the rules over series that are written down here.

const rules = join(import.meta.dirname, "../../deploy/prometheus/alerts.yaml");
const folder = mkdtempSync(join(tmpdir(), "gossamer-alerts-"));
beforeAll(() => needPrometheus("promtool"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A value a minute, as promtool writes them: `0+5x10` rises by five, ten times; `_` is none. */
type Series = Readonly<Record<string, string>>;

interface Case {
  readonly at: string;
  readonly series: Series;
}

/** When each alert fires, and when it stays silent although something like it happens. */
const cases: Readonly<Record<string, { readonly fires: readonly Case[]; readonly silent: readonly Case[] }>> = {
  GossamerQueueFilling: {
    fires: [{ at: "11m", series: queue("60x15") }],
    silent: [
      { at: "11m", series: queue("45x15") },
      { at: "12m", series: queue("60x8 40x10") },
    ],
  },
  GossamerQueueNearlyFull: {
    fires: [{ at: "3m", series: queue("85x5") }],
    silent: [
      { at: "10m", series: queue("75x15") },
      { at: "2m", series: queue("75 85x5") },
    ],
  },
  GossamerDrops: {
    fires: [
      { at: "7m", series: spans('gossamer_lane="http",error_type="queue_full"', "0x5 1x10") },
      // A reason that was never seen before.
      { at: "6m", series: spans('gossamer_lane="http",error_type="refused"', "_x5 3x10") },
    ],
    silent: [
      { at: "15m", series: spans("", "0+100x20") },
      { at: "15m", series: spans('error_type="restrained"', "0+100x20") },
      { at: "15m", series: spans('gossamer_lane="http",error_type="queue_full"', "5x20") },
    ],
  },
  GossamerManyDrops: {
    fires: [{ at: "5m", series: spans('gossamer_lane="http",error_type="queue_full"', "0+1100x10") }],
    silent: [{ at: "5m", series: spans('gossamer_lane="http",error_type="queue_full"', "0+900x10") }],
  },
  GossamerLogDrops: {
    fires: [
      { at: "6m", series: { [of("otel_sdk_processor_log_processed_total", 'error_type="queue_full"')]: "0+1x10" } },
    ],
    silent: [{ at: "6m", series: { [of("otel_sdk_processor_log_processed_total")]: "0+100x10" } }],
  },
  GossamerExportsSlow: {
    fires: [{ at: "1465m", series: exportsOf("0+60x1440 86400x40") }],
    silent: [{ at: "1465m", series: exportsOf("0+60x1500") }],
  },
  GossamerBreakerOpen: {
    fires: [
      { at: "6m", series: breaker("1x10") },
      { at: "6m", series: breaker("1 0.5 1 0.5 1 0.5 1") },
    ],
    silent: [{ at: "6m", series: breaker("1x3 0x10") }],
  },
  GossamerOverhead: {
    fires: [{ at: "22m", series: overhead("0.02x30", "0+1.2x30") }],
    silent: [
      { at: "22m", series: overhead("0.009x30", "0+1.2x30") },
      // Of a process that does next to nothing.
      { at: "22m", series: overhead("0.02x30", "0+0.06x30") },
    ],
  },
  GossamerOverheadHigh: {
    fires: [{ at: "12m", series: overhead("0.06x30", "0+3.6x30") }],
    silent: [{ at: "12m", series: overhead("0.04x30", "0+2.4x30") }],
  },
  GossamerHeldBack: {
    fires: [{ at: "2m", series: { [of("gossamer_governor_step")]: "3x5" } }],
    silent: [{ at: "2m", series: { [of("gossamer_governor_step")]: "2x5" } }],
  },
  GossamerMemory: {
    fires: [{ at: "3m", series: memory("60000000x5") }],
    silent: [{ at: "3m", series: memory("50000000x5") }],
  },
  GossamerSeriesOverflow: {
    fires: [
      {
        at: "1m",
        series: { [of("http_server_request_duration_seconds_count", 'otel_metric_overflow="true"')]: "1x5" },
      },
    ],
    silent: [{ at: "1m", series: { [of("http_server_request_duration_seconds_count", 'http_route="/a"')]: "1x5" } }],
  },
  GossamerAbsent: {
    fires: [{ at: "6m", series: { up: "1x10" } }],
    silent: [{ at: "6m", series: { [of("otel_sdk_span_started_total")]: "0x10" } }],
  },
  GossamerServiceSilent: {
    fires: [{ at: "75m", series: { [of("otel_sdk_span_started_total")]: "0+1x40 stale" } }],
    silent: [{ at: "75m", series: { [of("otel_sdk_span_started_total")]: "0+1x100" } }],
  },
};

function of(name: string, labels = ""): string {
  return `${name}{job="shop",instance="a:1"${labels === "" ? "" : `,${labels}`}}`;
}

function queue(size: string): Series {
  return {
    [of("otel_sdk_processor_span_queue_size", 'gossamer_lane="http"')]: size,
    [of("otel_sdk_processor_span_queue_capacity", 'gossamer_lane="http"')]: "100x30",
  };
}

function spans(labels: string, values: string): Series {
  return { [of("otel_sdk_processor_span_processed_total", labels)]: values };
}

/** Sixty exports a minute, all below a second; the given ones below 0.1 s. */
function exportsOf(quick: string): Series {
  const bucket = (le: string): string =>
    of("otel_sdk_exporter_operation_duration_seconds_bucket", `otel_component_name="otlp",le="${le}"`);
  return { [bucket("0.1")]: quick, [bucket("1")]: "0+60x1500", [bucket("+Inf")]: "0+60x1500" };
}

function breaker(state: string): Series {
  return { [of("gossamer_breaker_state", 'otel_component_name="otlp"')]: state };
}

function overhead(share: string, seconds: string): Series {
  return {
    [of("gossamer_overhead_cpu_utilization_ratio")]: share,
    [of("gossamer_overhead_cpu_time_seconds_total", 'gossamer_part="end"')]: seconds,
  };
}

function memory(held: string): Series {
  return { [of("gossamer_memory_bytes")]: held, [of("gossamer_memory_limit_bytes")]: "67108864x30" };
}

/** What promtool says when the alert is to fire in each case, so many times; undefined when it agrees. */
function promtool(alert: string, given: readonly Case[], firing: number): string | undefined {
  const file = join(folder, `${alert}-${firing}.json`);
  const tests = given.map(({ at, series }) => ({
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: at,
        exp_samples: firing === 0 ? [] : [{ labels: "{}", value: firing }],
      },
    ],
  }));
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "1m", tests }));
  try {
    execFileSync("promtool", ["test", "rules", file], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return undefined;
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout) + String((error as { stderr?: unknown }).stderr);
  }
}

describe("alerts", () => {
  const { groups } = parse(readFileSync(rules, "utf8")) as { groups: { rules: { alert: string }[] }[] };
  const alerts = groups.flatMap((group) => group.rules.map(({ alert }) => alert));

  test("each is tried here (R-D2)", () => {
    expect(Object.keys(cases)).toEqual(alerts);
  });

  test.each(alerts)("%s fires when it is to, and stays silent when it is not (R-D2)", (alert) => {
    const { fires = [], silent = [] } = cases[alert] ?? {};
    expect(promtool(alert, fires, 1)).toBeUndefined();
    expect(promtool(alert, silent, 0)).toBeUndefined();
  });

  test("a case in which an alert does not fire is not taken for one in which it does (R-D2)", () => {
    expect(promtool("GossamerMemory", cases["GossamerMemory"]?.silent ?? [], 1)).toContain("FAILED");
  });
});
