import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { prometheusText } from "./prometheus.ts";
import { busyMetrics, testMetrics } from "../testing/test-metrics.ts";

const missing = spawnSync("promtool", ["--version"]).error !== undefined;
const hint = "promtool is missing, so nothing checked the Prometheus text: install the Debian package prometheus.";

test.for([
  ["a busy service", () => busyMetrics()],
  ["a service that tells status codes", () => busyMetrics({ statusAttribute: "both" })],
  ["a service with a full instrument", () => busyMetrics({ maxSeries: 1 })],
  ["an idle service", () => testMetrics()],
] as const)("promtool finds no fault in the text of %s (R-M4)", ([, create], context) => {
  if (missing) {
    if (process.env["CI"]) throw new Error(hint);
    console.warn(hint);
    context.skip(hint);
  }
  const input = prometheusText(create().metrics.reader("cumulative").collect());
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
  expect(`${stdout}${stderr}`).toBe("");
  expect(status).toBe(0);
});
