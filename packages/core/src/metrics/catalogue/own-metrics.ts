/**
 * Every metric that the engine exports about itself and about requests: its kind, its unit (UCUM) and its meaning. No other can be registered.
 *
 * A counter only rises, a level may fall. `@attributes` names the keys of its series, and `//` begins a group: `pnpm generate` writes
 * `docs/metrics-reference.md` from here, and dashboards and alerts use these names. Names without `gossamer.` are those of the conventions.
 */
const ownMetrics = {
  // Requests
  /** @attributes http.request.method, url.scheme, http.route, http.response.status_group, http.response.status_code, error.type, graphql.operation.name, graphql.operation.type, rpc.method, rpc.system.name, otel.metric.overflow */
  "http.server.request.duration": ["histogram", "s", "Duration of HTTP server requests."],
  /** @attributes http.request.method, url.scheme */
  "http.server.active_requests": ["level", "{request}", "Number of active HTTP server requests."],
  /** @attributes as http.server.request.duration */
  "http.server.request.body.size": ["histogram", "By", "Size of HTTP server request bodies, as transferred."],
  /** @attributes as http.server.request.duration */
  "http.server.response.body.size": ["histogram", "By", "Size of HTTP server response bodies, as transferred."],
  /** @attributes as http.server.request.duration */
  "gossamer.http.server.aborted_requests": [
    "counter",
    "{request}",
    "Requests aborted before the response was complete.",
  ],
  /** @attributes as http.server.request.duration */
  "gossamer.http.server.stream.duration": [
    "histogram",
    "s",
    "Lifetime of streamed responses, from the request to the end of the body.",
  ],

  // Sampling and keeps
  /** @attributes sampling.rule, sampling.decision */
  "gossamer.sampling.decisions": ["counter", "{decision}", "Sampling decisions, by rule and decision."],
  /** @attributes sampling.kept */
  "gossamer.sampling.kept": ["counter", "{request}", "Kept requests, by rule and reason."],

  // Export
  /** @attributes otel.span.sampling_result */
  "otel.sdk.span.started": ["counter", "{span}", "The number of created spans."],
  /** @attributes otel.span.sampling_result */
  "otel.sdk.span.live": ["level", "{span}", "The number of created spans that have not ended."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.span.queue.size": ["level", "{span}", "The number of spans in the queue."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.span.queue.capacity": ["level", "{span}", "Maximum spans in the queue."],
  /** @attributes gossamer.lane, error.type */
  "otel.sdk.processor.span.processed": ["counter", "{span}", "The number of spans whose processing has ended."],
  /** @attributes none */
  "otel.sdk.exporter.span.inflight": ["level", "{span}", "The number of spans being exported."],
  /** @attributes otel.component.name */
  "otel.sdk.exporter.span.exported": ["counter", "{span}", "The number of spans exported."],
  /** @attributes otel.component.name, error.type */
  "otel.sdk.exporter.operation.duration": ["histogram", "s", "The duration of exporting a batch of telemetry records."],
  /** @attributes gossamer.stage */
  "gossamer.exporter.bytes": ["counter", "By", "Bytes of batches, before and after compression."],
  /** @attributes otel.component.name, error.type */
  "gossamer.exporter.failures": ["counter", "{try}", "Failed export attempts, by kind of error."],
  /** @attributes otel.component.name */
  "gossamer.breaker.state": [
    "gauge",
    "{state}",
    "The state of an exporter's circuit breaker: 0 closed, 0.5 half-open, 1 open.",
  ],
  /** @attributes otel.component.name */
  "gossamer.breaker.changes": ["counter", "{change}", "State changes of an exporter's circuit breaker."],
  /** @attributes none */
  "gossamer.spool.size": ["level", "{span}", "Spans stored by the fallback, to send later."],
  /** @attributes none */
  "gossamer.memory": ["level", "By", "Memory held by telemetry awaiting export."],
  /** @attributes none */
  "gossamer.memory.limit": ["level", "By", "Maximum memory for telemetry awaiting export."],
  /** @attributes none */
  "otel.sdk.log.created": ["counter", "{log_record}", "The number of log records created for export."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.log.queue.size": ["level", "{log_record}", "The number of log records in the queue."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.log.queue.capacity": ["level", "{log_record}", "Maximum log records in the queue."],
  /** @attributes gossamer.lane, error.type */
  "otel.sdk.processor.log.processed": [
    "counter",
    "{log_record}",
    "The number of log records whose processing has ended.",
  ],
  /** @attributes none */
  "otel.sdk.exporter.log.inflight": ["level", "{log_record}", "The number of log records being exported."],
  /** @attributes otel.component.name */
  "otel.sdk.exporter.log.exported": ["counter", "{log_record}", "The number of log records exported."],

  // Overhead and the governor
  /** @attributes gossamer.part */
  "gossamer.overhead.cpu.time": ["counter", "s", "CPU time used by telemetry, by part."],
  /** @attributes none */
  "gossamer.overhead.cpu.utilization": ["gauge", "1", "Telemetry's share of the CPU time of the process."],
  /** @attributes none */
  "gossamer.overhead.request.duration": ["gauge", "s", "Time that telemetry adds per request."],
  /** @attributes none */
  "gossamer.overhead.memory": ["gauge", "By", "Memory used by all telemetry."],
  /** @attributes none */
  "gossamer.overhead.block.max": ["gauge", "s", "Longest time that telemetry blocked the event loop."],
  /** @attributes gossamer.bound */
  "gossamer.overhead.proven.cpu": [
    "gauge",
    "s",
    "CPU time per request added by traces and request lines: mean and 95 % interval.",
  ],
  /** @attributes none */
  "gossamer.governor.step": ["gauge", "{step}", "How far telemetry is reduced: from 0 (full) to 5 (off)."],
  /** @attributes none */
  "gossamer.governor.ratio.factor": ["gauge", "1", "Factor applied to sampling ratios."],
  /** @attributes gossamer.cause, gossamer.direction */
  "gossamer.governor.changes": ["counter", "{change}", "Changes of step, by cause and direction."],
  /** @attributes none */
  "gossamer.requests.unobserved": ["counter", "{request}", "Requests that arrived while telemetry was off."],
  /** @attributes gossamer.rule, gossamer.outcome */
  "gossamer.optimizer.changes": ["counter", "{change}", "Optimizer changes made or undone, by rule and outcome."],
  /** @attributes gossamer.rule */
  "gossamer.optimizer.gain": ["gauge", "1", "Relative gain of a rule's last change; negative: it got worse."],
  /** @attributes gossamer.cluster.state */
  "gossamer.cluster.workers": ["gauge", "{worker}", "Workers that answered in time, and workers that did not."],

  // The process (option `processMetrics`)
  /** @attributes cpu.mode */
  "process.cpu.time": ["counter", "s", "Total CPU seconds broken down by different CPU modes."],
  /** @attributes cpu.mode */
  "process.cpu.utilization": ["gauge", "1", "CPU time since the last collection, as a share of the available CPUs."],
  /** @attributes none */
  "process.uptime": ["gauge", "s", "The time the process has been running."],
  /** @attributes none */
  "process.memory.usage": ["level", "By", "The amount of physical memory in use."],
  /** @attributes none */
  "process.unix.file_descriptor.count": ["level", "{file_descriptor}", "Number of unix file descriptors in use."],
  /** @attributes v8js.heap.space.name */
  "v8js.memory.heap.space.size": ["level", "By", "Total heap memory size pre-allocated for a heap space."],
  /** @attributes v8js.heap.space.name */
  "v8js.memory.heap.used": ["level", "By", "Heap memory size allocated."],
  /** @attributes v8js.heap.space.name */
  "v8js.memory.heap.space.available_size": ["level", "By", "Heap space available size."],
  /** @attributes v8js.heap.space.name */
  "v8js.memory.heap.space.physical_size": ["level", "By", "Committed size of a heap space."],
  /** @attributes v8js.gc.type */
  "v8js.gc.duration": ["histogram", "s", "Garbage collection duration."],
  /** @attributes nodejs.eventloop.state */
  "nodejs.eventloop.time": ["counter", "s", "Cumulative duration of time the event loop has been in each state."],
  /** @attributes none */
  "nodejs.eventloop.utilization": ["gauge", "1", "Event loop utilization."],
  /** @attributes none */
  "nodejs.eventloop.delay.min": ["gauge", "s", "Event loop delay: min."],
  /** @attributes none */
  "nodejs.eventloop.delay.max": ["gauge", "s", "Event loop delay: max."],
  /** @attributes none */
  "nodejs.eventloop.delay.mean": ["gauge", "s", "Event loop delay: mean."],
  /** @attributes none */
  "nodejs.eventloop.delay.stddev": ["gauge", "s", "Event loop delay: stddev."],
  /** @attributes none */
  "nodejs.eventloop.delay.p50": ["gauge", "s", "Event loop delay: p50."],
  /** @attributes none */
  "nodejs.eventloop.delay.p90": ["gauge", "s", "Event loop delay: p90."],
  /** @attributes none */
  "nodejs.eventloop.delay.p99": ["gauge", "s", "Event loop delay: p99."],
} as const;

export type OwnMetricName = keyof typeof ownMetrics;

/** The names of one kind. */
export type OwnMetricOf<Kind> = {
  [Name in OwnMetricName]: (typeof ownMetrics)[Name][0] extends Kind ? Name : never;
}[OwnMetricName];

/** How a metric is exported. */
export interface OwnMetric {
  readonly name: OwnMetricName;
  readonly unit: string;
  readonly description: string;
}

export const ownMetricNames = (): readonly OwnMetricName[] => Object.keys(ownMetrics) as OwnMetricName[];

export function ownMetric(name: OwnMetricName): OwnMetric {
  const [, unit, description] = ownMetrics[name];
  return { name, unit, description };
}

export function kindOfOwn(name: OwnMetricName): "histogram" | "counter" | "level" | "gauge" {
  return ownMetrics[name][0];
}
