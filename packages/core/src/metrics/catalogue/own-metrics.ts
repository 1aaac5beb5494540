/**
 * Every metric that the engine tells of itself and of requests: its kind, its unit (UCUM) and what it says. What is not here cannot be registered.
 *
 * A counter only rises, a level may fall. Behind `@attributes` stands what tells its series apart, and `//` begins a group: `pnpm generate` writes
 * `docs/metrics-reference.md` from here, and boards and alerts are made of these names. Those that are not `gossamer.*` are named by the conventions.
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
    "Requests whose client left before the whole response was handed over.",
  ],
  /** @attributes as http.server.request.duration */
  "gossamer.http.server.stream.duration": [
    "histogram",
    "s",
    "Lifetime of streamed responses, from the request to the end of the body.",
  ],

  // Sampling, and what is kept
  /** @attributes sampling.rule, sampling.decision */
  "gossamer.sampling.decisions": ["counter", "{decision}", "Sampling decisions, by rule and answer."],
  /** @attributes sampling.kept */
  "gossamer.sampling.kept": [
    "counter",
    "{request}",
    "Requests that were not sampled and were kept, by rule and reason.",
  ],

  // The way out
  /** @attributes otel.span.sampling_result */
  "otel.sdk.span.started": ["counter", "{span}", "The number of created spans."],
  /** @attributes otel.span.sampling_result */
  "otel.sdk.span.live": ["level", "{span}", "The number of created spans that have not ended."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.span.queue.size": ["level", "{span}", "The number of spans in the queue."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.span.queue.capacity": ["level", "{span}", "The most spans the queue can hold."],
  /** @attributes gossamer.lane, error.type */
  "otel.sdk.processor.span.processed": ["counter", "{span}", "The number of spans whose processing has ended."],
  /** @attributes none */
  "otel.sdk.exporter.span.inflight": ["level", "{span}", "The number of spans on their way to an exporter."],
  /** @attributes otel.component.name */
  "otel.sdk.exporter.span.exported": ["counter", "{span}", "The number of spans that an exporter took."],
  /** @attributes otel.component.name, error.type */
  "otel.sdk.exporter.operation.duration": ["histogram", "s", "The duration of exporting a batch of telemetry records."],
  /** @attributes gossamer.stage */
  "gossamer.exporter.bytes": ["counter", "By", "Bytes of batches, before and after compression."],
  /** @attributes otel.component.name, error.type */
  "gossamer.exporter.failures": ["counter", "{try}", "Failed tries by kind."],
  /** @attributes otel.component.name */
  "gossamer.breaker.state": [
    "gauge",
    "{state}",
    "The state of an exporter's breaker: 0 closed, 0.5 half-open, 1 open.",
  ],
  /** @attributes otel.component.name */
  "gossamer.breaker.changes": ["counter", "{change}", "Changes of the state of an exporter's breaker."],
  /** @attributes none */
  "gossamer.spool.size": ["level", "{span}", "The number of spans the fallback holds, to be sent later."],
  /** @attributes none */
  "gossamer.memory": ["level", "By", "Memory that telemetry on its way holds."],
  /** @attributes none */
  "gossamer.memory.limit": ["level", "By", "The most that telemetry on its way may hold."],
  /** @attributes none */
  "otel.sdk.log.created": ["counter", "{log_record}", "The number of log records that were to leave."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.log.queue.size": ["level", "{log_record}", "The number of log records in the queue."],
  /** @attributes gossamer.lane */
  "otel.sdk.processor.log.queue.capacity": ["level", "{log_record}", "The most log records the queue can hold."],
  /** @attributes gossamer.lane, error.type */
  "otel.sdk.processor.log.processed": [
    "counter",
    "{log_record}",
    "The number of log records whose processing has ended.",
  ],
  /** @attributes none */
  "otel.sdk.exporter.log.inflight": ["level", "{log_record}", "The number of log records on their way to an exporter."],
  /** @attributes otel.component.name */
  "otel.sdk.exporter.log.exported": ["counter", "{log_record}", "The number of log records that an exporter took."],

  // What telemetry costs, and how far it is held back
  /** @attributes gossamer.part */
  "gossamer.overhead.cpu.time": ["counter", "s", "CPU time that telemetry took, by part."],
  /** @attributes none */
  "gossamer.overhead.cpu.utilization": ["gauge", "1", "Telemetry's share of the CPU time of the process."],
  /** @attributes none */
  "gossamer.overhead.request.duration": ["gauge", "s", "What telemetry adds to a request."],
  /** @attributes none */
  "gossamer.overhead.memory": ["gauge", "By", "Memory that telemetry holds."],
  /** @attributes none */
  "gossamer.overhead.block.max": ["gauge", "s", "The longest that telemetry held the event loop without a break."],
  /** @attributes gossamer.bound */
  "gossamer.overhead.proven.cpu": [
    "gauge",
    "s",
    "CPU that traces and request lines add to a request, as windows without them show: mean, and its 95 % interval.",
  ],
  /** @attributes none */
  "gossamer.governor.step": ["gauge", "{step}", "How far telemetry is held back: 0 full to 5 off."],
  /** @attributes none */
  "gossamer.governor.ratio.factor": ["gauge", "1", "By what sampling ratios are multiplied."],
  /** @attributes gossamer.cause, gossamer.direction */
  "gossamer.governor.changes": ["counter", "{change}", "Steps that were taken, by cause and direction."],
  /** @attributes none */
  "gossamer.requests.unobserved": ["counter", "{request}", "Requests that came while telemetry was off."],
  /** @attributes gossamer.rule, gossamer.outcome */
  "gossamer.optimizer.changes": [
    "counter",
    "{change}",
    "Changes that the optimizer made, and those that it undid, by rule.",
  ],
  /** @attributes gossamer.rule */
  "gossamer.optimizer.gain": [
    "gauge",
    "1",
    "What the last change of a rule brought to the figure that it named; below 0 it made it worse.",
  ],
  /** @attributes gossamer.cluster.state */
  "gossamer.cluster.workers": [
    "gauge",
    "{worker}",
    "Workers whose metrics are in this answer, and those that did not answer in time.",
  ],

  // The process (option `processMetrics`)
  /** @attributes cpu.mode */
  "process.cpu.time": ["counter", "s", "Total CPU seconds broken down by different CPU modes."],
  /** @attributes cpu.mode */
  "process.cpu.utilization": ["gauge", "1", "CPU time since the last look, as a share of the CPUs that are available."],
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

/** What a metric is told as. */
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
