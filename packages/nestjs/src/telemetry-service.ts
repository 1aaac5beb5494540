import type { EventEmitter } from "node:events";
import type {
  ActiveRequest,
  ApiLoggerProvider,
  Explanation,
  ExplainRequest,
  ServedRequest,
  Finding,
  FlushingTracerProvider,
  GovernorControl,
  InstrumentationOptions,
  MetricProducer,
  OverheadReport,
  PrometheusOptions,
  SamplingControl,
  SpanHelperOptions,
  OperationName,
  Telemetry,
  TelemetryEngine,
  TelemetryLogging,
  TelemetryStatus,
} from "@gossamer/core/adapter";
import { Inject, Injectable } from "@nestjs/common";
import type { Attributes, MeterProvider, Span, TextMapPropagator, Tracer } from "@opentelemetry/api";
import { TELEMETRY } from "./telemetry-token.ts";

/** What a service says to its telemetry and asks of it, injectable everywhere the module is imported: all that `telemetry` is elsewhere. */
@Injectable()
export class TelemetryService implements Telemetry {
  readonly #engine: TelemetryEngine;
  readonly enabled: boolean;
  /** Spans for the service's own code, under its own name. */
  readonly tracer: Tracer;
  readonly tracerProvider: FlushingTracerProvider;
  /** Counters, histograms and gauges for the service's own numbers. */
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: ApiLoggerProvider;
  readonly propagator: TextMapPropagator;
  /** What is sampled, to be read and changed while the service runs. */
  readonly sampling: SamplingControl;
  /** Holds telemetry back by hand. */
  readonly governor: GovernorControl;
  readonly logging: TelemetryLogging;

  constructor(@Inject(TELEMETRY) engine: TelemetryEngine) {
    this.#engine = engine;
    this.enabled = engine.enabled;
    this.tracer = engine.tracer;
    this.tracerProvider = engine.tracerProvider;
    this.meterProvider = engine.meterProvider;
    this.loggerProvider = engine.loggerProvider;
    this.propagator = engine.propagator;
    this.sampling = engine.sampling;
    this.governor = engine.governor;
    this.logging = engine.logging;
  }

  /** Runs a step as a span, which is active meanwhile and ends with it: at its return, or when its promise settles. What it throws is thrown on. */
  span<T>(name: string, fn: (span: Span) => T): T;
  span<T>(name: string, options: SpanHelperOptions, fn: (span: Span) => T): T;
  span<T>(name: string, ...rest: [(span: Span) => T] | [SpanHelperOptions, (span: Span) => T]): T {
    return rest.length === 1 ? this.#engine.span(name, rest[0]) : this.#engine.span(name, rest[0], rest[1]);
  }

  /** Puts attributes on the span of the active request; as a function they are only made if it can still matter. */
  annotate(attributes: Attributes | (() => Attributes)): void {
    this.#engine.annotate(attributes);
  }

  /** Says what the active request does, where several things share one path. The first that is said holds. */
  operation(operation: OperationName): void {
    this.#engine.operation(operation);
  }

  /** The active trace's id, of a request that is not sampled too; asking decides nothing. Undefined outside. */
  traceId(): string | undefined {
    return this.#engine.traceId();
  }

  /** The active request, until it has ended. */
  current(): ActiveRequest | undefined {
    return this.#engine.current();
  }

  /** Ties a function, or every listener of an emitter, to the context that is active now. */
  bind<T extends EventEmitter | ((...args: never[]) => unknown)>(target: T): T {
    return this.#engine.bind(target);
  }

  /** What would become of such a request now, and why. Counts and spends nothing. */
  explain(request: ExplainRequest | ServedRequest): Explanation {
    return this.#engine.explain(request);
  }

  /** What telemetry costs this process, and what it does about it. Undefined where it does not measure itself. */
  overhead(): OverheadReport | undefined {
    return this.#engine.overhead();
  }

  /** What happened so far: decisions, spans, exports, drops by reason. */
  status(): TelemetryStatus {
    return this.#engine.status();
  }

  /** What to look at before this goes to production, and what to change. */
  check(): Finding[] {
    return this.#engine.check();
  }

  /** A request handler that answers the metrics as Prometheus text, to this machine and to GET and HEAD unless told otherwise. */
  prometheus(options?: PrometheusOptions): ReturnType<Telemetry["prometheus"]> {
    return this.#engine.prometheus(options);
  }

  /** What to give the official instrumentations of HTTP clients. */
  instrumentationOptions(): InstrumentationOptions {
    return this.#engine.instrumentationOptions();
  }

  /** The metrics for a reader of `@opentelemetry/sdk-metrics`. */
  metricProducer(): MetricProducer {
    return this.#engine.metricProducer();
  }

  /** Sends all that is there now. False when not all of it could leave within the deadline. @default 5000, or `shutdown.deadlineMs` if less */
  flush(deadlineMs?: number): Promise<boolean> {
    return this.#engine.flush(deadlineMs);
  }

  /** Sends all that is there and stops, within the deadline. @default `shutdown.deadlineMs` */
  shutdown(deadlineMs?: number): Promise<void> {
    return this.#engine.shutdown(deadlineMs);
  }

  /** Makes the memory free that telemetry holds, for a process short of it. True when nothing was dropped. @default 2000 */
  emergencyFlush(deadlineMs?: number): Promise<boolean> {
    return this.#engine.emergencyFlush(deadlineMs);
  }
}
