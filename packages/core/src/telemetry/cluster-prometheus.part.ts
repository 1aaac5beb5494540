import type { IncomingMessage } from "node:http";
import { MetricComplaints } from "../metrics/instruments/metric-complaints.ts";
import { createPrometheusHandler, type PrometheusHandler } from "../metrics/prometheus/prometheus-handler.part.ts";
import { builtin } from "../model/builtin.ts";
import { createClock } from "../model/clock.ts";
import { createDiagnostics } from "../model/diagnostics.ts";
import { durationMs } from "../model/checks/checks.ts";
import { OptionError } from "../model/checks/option-error.ts";
import { readOptions } from "../model/checks/read-members.ts";
import { startTimer } from "../pipeline/time/timers.ts";
import { allowCheck } from "./prometheus-options.ts";
import type { PrometheusOptions } from "./telemetry.ts";
import { WorkerMetrics } from "./cluster/worker-metrics.ts";

export interface ClusterPrometheusOptions extends PrometheusOptions {
  /** The longest that an answer waits for workers, in ms. Those that are late count with what they said last. @default 1000 */
  readonly timeoutMs?: number;
}

/**
 * In the primary of `node:cluster`: a request handler that answers the metrics of all workers as those of one service, as Prometheus text, to whom
 * `telemetry.prometheus()` would answer. Each worker makes its telemetry as ever. The primary needs none.
 *
 * Throws an `OptionError` for a wrong option, and in a process that is no primary.
 */
export function clusterPrometheus(options: ClusterPrometheusOptions = {}): PrometheusHandler<IncomingMessage> {
  const { timeoutMs = 1_000, allow = "loopback" } = readOptions<ClusterPrometheusOptions>(
    options,
    "clusterPrometheus",
    { timeoutMs: durationMs(1), allow: allowCheck },
  );
  const cluster = builtin("node:cluster");
  if (!cluster.isPrimary) {
    throw new OptionError(
      "clusterPrometheus",
      "clusterPrometheus() is for the primary of node:cluster: in a worker serve telemetry.prometheus().",
      {
        code: "GSM_OPTION_CONFLICT",
      },
    );
  }
  const clock = createClock();
  // The workers' own options say what they say; the primary needs none, and so speaks as an engine does by default.
  const diagnostics = createDiagnostics("warn");
  const reader = new WorkerMetrics({
    cluster,
    timeoutMs,
    startTimer,
    epochMs: () => clock.epochMs(clock.now()),
    unreadable: (worker) =>
      diagnostics.warn(`worker ${worker} sends gossamer:metrics that are no metrics; ignored`, "GSM_CLUSTER_MESSAGE"),
  });
  const { untold } = new MetricComplaints(diagnostics);
  return createPrometheusHandler<IncomingMessage>({ reader, untold, allow });
}
