/**
 * Metrics that the OpenTelemetry Collector v0.161.0 of `deploy/collector` tells of itself at port 8888, level `detailed`. Taken from the answer of a
 * real one with traces and metrics in it and an exporter whose peer was away. Counters have no `_total` there; a collector that configures no
 * reader of its own adds it.
 */
export const collectorMetrics = {
  otelcol_exporter_queue_size: "gauge",
  otelcol_exporter_queue_capacity: "gauge",
  otelcol_exporter_sent_spans: "counter",
  otelcol_exporter_sent_metric_points: "counter",
  otelcol_exporter_send_failed_spans: "counter",
  otelcol_exporter_in_flight_requests: "gauge",
  otelcol_process_cpu_seconds: "counter",
  otelcol_process_memory_rss: "gauge",
  otelcol_process_runtime_heap_alloc_bytes: "gauge",
  otelcol_process_uptime: "counter",
  otelcol_processor_memory_limiter_accepted_spans: "counter",
  otelcol_processor_tail_sampling_global_count_traces_sampled: "counter",
  otelcol_processor_tail_sampling_count_traces_sampled: "counter",
  otelcol_processor_tail_sampling_new_trace_id_received: "counter",
  otelcol_processor_tail_sampling_sampling_trace_dropped_too_early: "counter",
  otelcol_processor_tail_sampling_sampling_traces_on_memory: "gauge",
  otelcol_receiver_accepted_spans: "counter",
  otelcol_receiver_failed_spans: "counter",
  otelcol_receiver_refused_spans: "counter",
} as const;

export type CollectorMetric = keyof typeof collectorMetrics;
