import type { Board } from "./board.ts";
import type { CollectorMetric, collectorMetrics } from "./collector-metrics.ts";

type NameOf<Kind> = {
  [Name in CollectorMetric]: (typeof collectorMetrics)[Name] extends Kind ? Name : never;
}[CollectorMetric];

const chosen = 'job=~"$job",instance=~"$instance"';

/** Whether or not the collector's reader adds `_total`. */
function rateOf(name: NameOf<"counter">): string {
  return `rate({__name__=~"${name}(_total)?",${chosen}}[$__rate_interval])`;
}

function valueOf(name: NameOf<"gauge">): string {
  return `${name}{${chosen}}`;
}

/** How agents and gateways of `deploy/collector` fare. */
export const collectorBoard: Board = {
  name: "collector",
  title: "Collector",
  description:
    "The OpenTelemetry Collector about itself: what came, what left, what waits, and what tail sampling decided.",
  rows: [
    {
      title: "In and out",
      panels: [
        {
          title: "Spans accepted and refused",
          description:
            "Refused ones were sent back, most often by the memory limiter: services try again, and keep what waits.",
          unit: "ops",
          queries: [
            {
              expression: `sum by (receiver) (${rateOf("otelcol_receiver_accepted_spans")})`,
              legend: "accepted {{receiver}}",
            },
            {
              expression: `sum by (receiver) (${rateOf("otelcol_receiver_refused_spans")})`,
              legend: "refused {{receiver}}",
            },
          ],
        },
        {
          title: "Spans sent",
          description: "By exporter. Less than came in, where tail sampling drops on purpose.",
          unit: "ops",
          queries: [
            { expression: `sum by (exporter) (${rateOf("otelcol_exporter_sent_spans")})`, legend: "{{exporter}}" },
          ],
        },
        {
          title: "Spans that could not be sent",
          description: "Lost: the queue was full, or tries were given up. Look at the peer.",
          unit: "ops",
          queries: [
            {
              expression: `sum by (exporter, error_type) (${rateOf("otelcol_exporter_send_failed_spans")})`,
              legend: "{{exporter}} {{error_type}}",
            },
          ],
          answersAfter: "what an exporter sends to was away",
        },
        {
          title: "Queue in use",
          description: "By exporter. Full means that what comes is lost.",
          unit: "percentunit",
          queries: [
            {
              expression: `max by (exporter) (${valueOf("otelcol_exporter_queue_size")} / ${valueOf("otelcol_exporter_queue_capacity")})`,
              legend: "{{exporter}}",
            },
          ],
        },
      ],
    },
    {
      title: "Memory and decisions",
      panels: [
        {
          title: "Memory",
          description: "Resident, and of it Go's heap. The memory limiter refuses above its limit.",
          unit: "bytes",
          queries: [
            {
              expression: `max by (instance) (${valueOf("otelcol_process_memory_rss")})`,
              legend: "resident {{instance}}",
            },
            {
              expression: `max by (instance) (${valueOf("otelcol_process_runtime_heap_alloc_bytes")})`,
              legend: "heap {{instance}}",
            },
          ],
        },
        {
          title: "Traces decided",
          description: "By tail sampling: kept and not. Only gateways have it.",
          unit: "ops",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (sampled) (${rateOf("otelcol_processor_tail_sampling_global_count_traces_sampled")})`,
              legend: "sampled {{sampled}}",
            },
          ],
        },
        {
          title: "Decisions by policy",
          description: "What each policy kept.",
          unit: "ops",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (policy) (rate({__name__=~"otelcol_processor_tail_sampling_count_traces_sampled(_total)?",sampled="true",${chosen}}[$__rate_interval]))`,
              legend: "{{policy}}",
            },
          ],
          answersAfter: "a trace was kept",
        },
        {
          title: "Traces in memory, and dropped too early",
          description: "Dropped before their decision: raise num_traces, or add a gateway.",
          unit: "short",
          queries: [
            {
              expression: `sum(${valueOf("otelcol_processor_tail_sampling_sampling_traces_on_memory")})`,
              legend: "in memory",
            },
            {
              expression: `sum(${rateOf("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early")})`,
              legend: "dropped too early, a second",
            },
          ],
        },
      ],
    },
  ],
};
