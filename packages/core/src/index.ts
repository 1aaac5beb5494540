// What a service uses, and the types of all that is public. Samplers, parts that stand alone, and what adapters are made of have entries of their own.
export { createTelemetry, isTelemetry, resetTelemetry } from "./telemetry/create-telemetry.ts";
export { existingTelemetry } from "./telemetry/engine-registry.ts";
export { processTelemetry as telemetry } from "./telemetry/process-telemetry.ts";
export { bindInstrument } from "./metrics/instruments/bind-instrument.ts";
export { dbView, dropDebug, httpView } from "./metrics/views/ready-views.ts";
export { latencyTarget, queueTarget } from "./telemetry/optional/self-tuning.part.ts";
export { clusterPrometheus, type ClusterPrometheusOptions } from "./telemetry/cluster-prometheus.part.ts";
export { OptionError } from "./model/checks/option-error.ts";

export type {
  FrameworkStepOptions,
  PrometheusOptions,
  SpanHelperOptions,
  Telemetry,
  TelemetryEngine,
} from "./telemetry/telemetry.ts";
export type { EngineListener, EngineWatch, RequestDurations } from "./telemetry/watch/engine-watch.ts";
export type { EndedRequest } from "./model/request/ended-request.ts";
export type { WatchedLines } from "./logging/watched-lines.ts";
export type { FlushingTracerProvider } from "./telemetry/wiring/api-standing.ts";
export type { ActiveRequest, FrameworkStep, RequestExchange } from "./model/request/request-exchange.ts";
export type { InstrumentationOptions, OutgoingRequest } from "./telemetry/instrumentation-options.part.ts";
export type {
  MetricProducer,
  ProducedExponential,
  ProducedHead,
  ProducedHistogram,
  ProducedMetric,
  ProducedMetrics,
  ProducedPoint,
} from "./metrics/readers/metric-producer.ts";
export type {
  PrometheusHandler,
  PrometheusReply,
  PrometheusResponse,
  WrappedRequest,
} from "./metrics/prometheus/prometheus-handler.part.ts";
export type { GovernorControl, OverheadReport } from "./governor/governor.ts";
export type { CostPart } from "./governor/cost-meter.ts";
export type { GovernorChange, GovernorFacts, MemoryUsage, SensorReadings } from "./model/governor/governor-facts.ts";
export type {
  OptimizerChange,
  OptimizerFacts,
  OptimizerReport,
  OptimizerRule,
  Proposal,
  Tuning,
  WindowFigures,
} from "./model/governor/optimizer-facts.ts";
export type { ProvenCost } from "./model/governor/proven-cost.ts";
export type { GovernorCause, GovernorStep, Restraint } from "./model/governor/governor-steps.ts";
export type { TelemetryStatus } from "./telemetry/wiring/telemetry-status.ts";
export type {
  LoggedService,
  LogDestination,
  LogStatus,
  SpanIdentity,
  TelemetryLogging,
} from "./telemetry/wiring/telemetry-logging.ts";
export type {
  BaggageOptions,
  BatchOptions,
  BreakerOptions,
  DynamicBatchOptions,
  ErrorsLaneOptions,
  JobsLaneOptions,
  KeepOptions,
  LimitOptions,
  LogsLaneOptions,
  OptimizeOptions,
  OtlpOptions,
  OverheadLoadOptions,
  OverheadMemoryOptions,
  OverheadOptions,
  OverheadTrialOptions,
  ProcessMetricsOptions,
  QueueOptions,
  RemoteSamplingOptions,
  RetryOptions,
  RolloutSwitch,
  SamplingFileOptions,
  ShutdownOptions,
  SpoolOptions,
  StatsdOptions,
  TelemetryOptions,
  TicketOptions,
} from "./options/declare/telemetry-options.ts";
export type { Finding } from "./telemetry/check/finding.ts";
export type { OptionErrorDetails } from "./model/checks/option-error.ts";
export type { CodeOf, Codes, ErrorCode } from "./model/codes.ts";
export type {
  BreakerChange,
  BreakerResult,
  BreakerStateName,
  CircuitBreakerOptions,
} from "./pipeline/breaker/circuit-breaker.ts";
export type { BreakerStrategy, FailureRatio } from "./pipeline/breaker/breaker-strategies.ts";
export type { BatchSettings, BatchSize, Waiting } from "./pipeline/queue/batcher.ts";
export type { DynamicBatchSettings, LaneLook } from "./pipeline/queue/dynamic-batch.ts";
export type { QueueNeed } from "./pipeline/queue/size-queue.ts";
export type { BreakerEvent } from "./pipeline/breaker/breaker-log.ts";
export type { FrameworkResponse, NodeAdapter, NodeObserver, RequestEngine } from "./exchange/node/observe-node.ts";
export type { BreakOff, Outcome } from "./model/request/outcome.ts";
export type { FoundSpan, RequestReader, RequestStream } from "./model/request/request-reader.ts";
export type { Operation, OperationName, Route, RouteOptions, RouteOptionsInUse, RouteTable } from "./model/route.ts";
export type { RequestLine, RequestLineSink } from "./logging/request-line.ts";
export type { LineSpan, LogBlock, LogContent, LogLine, LogRecordSink } from "./logging/log-line.ts";
export type { ApiLogger, ApiLoggerProvider, ApiLogRecord } from "./logging/logger-provider.ts";
export type { ReadableLogRecord } from "./logging/readable-record.ts";
export type { LogRecordStatus } from "./telemetry/wiring/engine-records.ts";
export type { LogValue } from "./otlp/logs/log-record.ts";
export type { ExporterName, LogLevel, Propagator } from "./model/choices.ts";
export type {
  AttributeLimiter,
  AttributeLimiterOptions,
  LimitedAttributes,
} from "./telemetry/create-attribute-limiter.ts";
export type { ExemplarFilter } from "./model/exemplar-span.ts";
export type { MetricView, ViewedType } from "./model/filters/metric-view.ts";
export type { AttributeFilter } from "./model/filters/attribute-filter.ts";
export type { AttributeSet } from "./model/choices.ts";
export type { PresetName } from "./options/declare/preset-table.ts";
export type { ReadableEvent, ReadableSpan, SpanExporter, SpanProcessor } from "./model/span-processor.ts";
export type { AdaptiveOptions } from "./sampling/samplers/adaptive.ts";
export type { FactsSource } from "./sampling/samplers/facts-source.ts";
export type { ParentBasedOptions, ParentBasedSampler } from "./sampling/samplers/parent-based.ts";
export type { PriorityOptions } from "./sampling/samplers/priority.ts";
export type { RateLimitOptions } from "./sampling/samplers/rate-limit.ts";
export type { RolloutOptions } from "./sampling/samplers/rollout.ts";
export type { ChildSampling } from "./sampling/samplers/child-sampling.ts";
export type { TieredOptions, TieredSampler } from "./sampling/samplers/tiered.ts";
export type { OtelSampler, OtelSamplerOptions, OtelSamplingResult } from "./tracing/otel-api/otel-sampler.ts";
export type { RuleKeepOptions, RuleMatch, SamplingRule } from "./model/sampling/sampling-rule.ts";
export type { RemoteSamplingStatus } from "./telemetry/central/remote-sampling.ts";
export type {
  SamplingChange,
  SamplingControl,
  SamplingState,
  TicketRequest,
} from "./telemetry/sampling/sampling-control.ts";
export type { Explanation } from "./telemetry/sampling/explain.part.ts";
export type { ExplainRequest, ServedRequest } from "./telemetry/sampling/explain-request.ts";
export type { Sampler, SamplerLike, SamplingFacts, SamplingParent } from "./model/sampling/sampler.ts";
export type { Decision, DecisionReason } from "./model/sampling/decision.ts";
export type { BoundCounter, BoundHistogram } from "./metrics/instruments/bind-instrument.ts";
export type { InstrumentStatus, MetricsStatus } from "./metrics/metrics-status.ts";
export type { AttributeValue, Attributes } from "./model/attributes.ts";
export type { Clock } from "./model/clock.ts";
export type { Scope } from "./model/scope.ts";
export type { DiagnosticsLevel } from "./model/diagnostics.ts";
export type { RandomSource } from "./model/random.ts";
export type { ProducedResource } from "./model/resource.ts";
export type { SettingReport, SettingsReport } from "./options/settings-report.part.ts";
export type { Origin } from "./options/settle/merge-layers.ts";
export type { Breaker } from "./pipeline/breaker/breaker.ts";
export type { ExportStatus, ExporterStatus, LaneStatus } from "./pipeline/export-status.ts";
export type { StatsdStatus } from "./metrics/statsd/statsd-export.ts";
export type { PeriodicExportStatus } from "./pipeline/periodic-export.ts";
export type { DryRunReport } from "./sampling/dry-run.ts";
