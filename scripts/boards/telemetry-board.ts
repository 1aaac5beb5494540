import type { Board } from "./board.ts";
import { quantileOf, rateOf, valueOf } from "./series-of.ts";

const exportDuration = "otel.sdk.exporter.operation.duration";
const dropped = 'error_type!=""';

/** How telemetry itself fares: what leaves, what is lost, and what it costs. */
export const telemetryBoard: Board = {
  name: "telemetry",
  title: "Telemetry",
  description:
    "Gossamer about itself: spans and log records on their way, what is lost and why, and what all of it costs the service.",
  rows: [
    {
      title: "Way out",
      panels: [
        {
          title: "Spans exported and dropped",
          description: "A second. Any drop is traces that are not there: the next panel says why.",
          unit: "ops",
          queries: [
            { expression: `sum(${rateOf("otel.sdk.exporter.span.exported")})`, legend: "exported" },
            {
              expression: `sum(${rateOf("otel.sdk.processor.span.processed", dropped)}) or vector(0)`,
              legend: "dropped",
            },
          ],
        },
        {
          title: "Queue in use",
          description: "By lane. Above 80 % drops are near: the collector is slow or away, or batches leave too late.",
          unit: "percentunit",
          queries: [
            {
              expression: `max by (gossamer_lane) (${valueOf("otel.sdk.processor.span.queue.size")} / ${valueOf("otel.sdk.processor.span.queue.capacity")})`,
              legend: "{{gossamer_lane}}",
            },
          ],
        },
        {
          title: "Spans dropped by reason",
          description:
            "queue_full: raise the queue or send faster. refused: the collector says why in the log. shutdown: the deadline was too short.",
          unit: "ops",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (gossamer_lane, error_type) (${rateOf("otel.sdk.processor.span.processed", dropped)})`,
              legend: "{{gossamer_lane}} {{error_type}}",
            },
          ],
          answersAfter: "a span was dropped",
        },
        {
          title: "Duration of exports",
          description: "95 % and half of the tries are no longer than that.",
          unit: "s",
          queries: [0.5, 0.95].map((q) => ({
            expression: quantileOf(q, exportDuration, "otel_component_name"),
            legend: `p${q * 100} {{otel_component_name}}`,
          })),
          answersAfter: "a batch was sent",
        },
        {
          title: "Failed tries",
          description: "By kind. A try that fails is tried again; what never gets through is a drop.",
          unit: "ops",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (otel_component_name, error_type) (${rateOf("gossamer.exporter.failures")})`,
              legend: "{{otel_component_name}} {{error_type}}",
            },
          ],
          answersAfter: "the collector was away",
        },
        {
          title: "Breaker",
          description:
            "0 closed, 0.5 half-open, 1 open: while it is open nothing is tried, and what waits is kept or goes to the fallback.",
          unit: "short",
          queries: [
            {
              expression: `max by (otel_component_name) (${valueOf("gossamer.breaker.state")})`,
              legend: "{{otel_component_name}}",
            },
          ],
        },
        {
          title: "Changes of the breaker",
          description: "In the last rate interval. One that swings is a collector at its limit.",
          unit: "ops",
          queries: [
            {
              expression: `sum by (otel_component_name) (${rateOf("gossamer.breaker.changes")})`,
              legend: "{{otel_component_name}}",
            },
          ],
        },
        {
          title: "Bytes of batches",
          description: "Before and after compression.",
          unit: "Bps",
          queries: [
            {
              expression: `sum by (gossamer_stage) (${rateOf("gossamer.exporter.bytes")})`,
              legend: "{{gossamer_stage}}",
            },
          ],
        },
        {
          title: "On the way",
          description: "Spans that are being sent, and that the fallback holds to be sent later.",
          unit: "short",
          queries: [
            { expression: `sum(${valueOf("otel.sdk.exporter.span.inflight")})`, legend: "being sent" },
            { expression: `sum(${valueOf("gossamer.spool.size")})`, legend: "in the fallback" },
          ],
        },
        {
          title: "Log records exported and dropped",
          description: "A second, of loggers that send by OTLP.",
          unit: "ops",
          queries: [
            { expression: `sum(${rateOf("otel.sdk.exporter.log.exported")})`, legend: "exported" },
            {
              expression: `sum(${rateOf("otel.sdk.processor.log.processed", dropped)}) or vector(0)`,
              legend: "dropped",
            },
          ],
        },
      ],
    },
    {
      title: "Sampling",
      panels: [
        {
          title: "Decisions",
          description:
            "By the rule that decided and what it said. More are sampled than expected: callers may have decided.",
          unit: "reqps",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (sampling_rule, sampling_decision) (${rateOf("gossamer.sampling.decisions")})`,
              legend: "{{sampling_rule}} {{sampling_decision}}",
            },
          ],
        },
        {
          title: "Kept though not sampled",
          description: "Requests that failed, were slow or were left, by what kept them.",
          unit: "reqps",
          kind: "stacked",
          queries: [
            { expression: `sum by (sampling_kept) (${rateOf("gossamer.sampling.kept")})`, legend: "{{sampling_kept}}" },
          ],
          answersAfter: "a request was kept that was not sampled",
        },
      ],
    },
    {
      title: "Cost",
      panels: [
        {
          title: "Share of the CPU",
          description: "Of the process's CPU, what telemetry takes. The governor holds it back above its target.",
          unit: "percentunit",
          queries: [
            {
              expression: `max by (instance) (${valueOf("gossamer.overhead.cpu.utilization")})`,
              legend: "{{instance}}",
            },
          ],
        },
        {
          title: "Added to a request",
          description: "On average; told once 16 requests were measured.",
          unit: "s",
          queries: [
            {
              expression: `max by (instance) (${valueOf("gossamer.overhead.request.duration")})`,
              legend: "{{instance}}",
            },
          ],
          answersAfter: "16 requests were measured",
        },
        {
          title: "CPU by part",
          description: "CPUs that each part of telemetry keeps busy.",
          unit: "short",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (gossamer_part) (${rateOf("gossamer.overhead.cpu.time")})`,
              legend: "{{gossamer_part}}",
            },
          ],
        },
        {
          title: "Longest hold of the event loop",
          description: "The longest that telemetry held it without a break since the last look.",
          unit: "s",
          queries: [
            { expression: `max by (instance) (${valueOf("gossamer.overhead.block.max")})`, legend: "{{instance}}" },
          ],
        },
        {
          title: "Memory",
          description:
            "What telemetry holds: on its way now, and all of it when the governor looked last. It stays below its ceiling: above it, what is new is dropped.",
          unit: "bytes",
          queries: [
            { expression: `sum(${valueOf("gossamer.overhead.memory")})`, legend: "all" },
            { expression: `sum(${valueOf("gossamer.memory")})`, legend: "on its way" },
            { expression: `sum(${valueOf("gossamer.memory.limit")})`, legend: "the most on its way" },
          ],
        },
        {
          title: "Governor's step",
          description: "0 full, 1 children, 2 ratio, 3 roots, 4 metrics, 5 off. The changes below say why.",
          unit: "short",
          queries: [
            { expression: `max by (instance) (${valueOf("gossamer.governor.step")})`, legend: "step {{instance}}" },
            {
              expression: `min by (instance) (${valueOf("gossamer.governor.ratio.factor")})`,
              legend: "ratio × {{instance}}",
            },
          ],
        },
        {
          title: "Changes of the step",
          description: "Since the start of the process, by cause and direction.",
          unit: "short",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (gossamer_cause, gossamer_direction) (${valueOf("gossamer.governor.changes")})`,
              legend: "{{gossamer_cause}} {{gossamer_direction}}",
            },
          ],
          answersAfter: "the governor took a step",
        },
      ],
    },
  ],
};
