import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { PrometheusHandler } from "../metrics/prometheus/prometheus-handler.part.ts";
import type { Attributes, MeterProvider, Span, SpanOptions, TextMapPropagator, Tracer } from "@opentelemetry/api";
import type { GovernorControl, OverheadReport } from "../governor/governor.ts";
import type { ApiLoggerProvider } from "../logging/logger-provider.ts";
import type { MetricProducer } from "../metrics/readers/metric-producer.ts";
import type { ActiveRequest, FrameworkStep, RequestExchange } from "../model/request/request-exchange.ts";
import type { OperationName, Route, RouteTable } from "../model/route.ts";
import type { CodeOf } from "../model/codes.ts";
import type { RequestReader } from "../model/request/request-reader.ts";
import type { Finding } from "./check/finding.ts";
import type { Explanation } from "./sampling/explain.part.ts";
import type { ExplainRequest, ServedRequest } from "./sampling/explain-request.ts";
import type { InstrumentationOptions } from "./instrumentation-options.part.ts";
import type { SamplingControl } from "./sampling/sampling-control.ts";
import type { TelemetryLogging } from "./wiring/telemetry-logging.ts";
import type { EngineListener, EngineWatch } from "./watch/engine-watch.ts";
import type { TelemetryStatus } from "./wiring/telemetry-status.ts";
import type { FlushingTracerProvider } from "./wiring/api-standing.ts";

/** What the span of a framework's step is told as it begins. */
export type FrameworkStepOptions = Pick<SpanOptions, "attributes"> & { readonly parent?: Span };

/** What a span that the helper makes may be given. */
export interface SpanHelperOptions extends Omit<SpanOptions, "attributes"> {
  /** As a function they are only made for a span that is recorded. */
  readonly attributes?: Attributes | (() => Attributes);
  /** The span it hangs under, for work that lost its context: queues, fan-out. @default the active span */
  readonly parent?: Span;
  /** For a span that begins a trace: the lane in which the trace leaves, unless it fails. `jobs` sends few large batches, a minute apart. @default "http" */
  readonly lane?: "http" | "jobs";
}

/** Who may read the Prometheus text. */
export interface PrometheusOptions {
  /**
   * `"loopback"`: requests whose connection comes from this machine, whose `Host` is localhost, 127.0.0.1 or [::1], and that no proxy says it forwarded
   * (`x-forwarded-*`, `forwarded`, `via`, `x-real-ip`). `"any"`: everybody who reaches the path. A function decides on each request; one that throws
   * or answers anything but true refuses, with 403.
   *
   * @default "loopback"
   */
  readonly allow?: "loopback" | "any" | ((request: IncomingMessage) => boolean);
}

/** What a service says to its telemetry and asks of it. Nothing here throws, but for `sampling.update`, `sampling.ticket`, `governor.set`, wrong options of `prometheus` and what `logging` is handed that cannot be called; what goes wrong is counted in `status()`. */
export interface Telemetry {
  /** False where it was switched off: then adapters step aside and nothing is measured. */
  readonly enabled: boolean;
  /** Spans for the service's own code, under its own name. */
  readonly tracer: Tracer;
  /** For the parts of OpenTelemetry that take one. */
  readonly tracerProvider: FlushingTracerProvider;
  /** Counters, histograms and gauges for the service's own numbers; what they count leaves with the metrics of requests. */
  readonly meterProvider: MeterProvider;
  /** For `logs` of the API and for what takes a provider of loggers. Its records leave by OTLP, as `logRecords` says. */
  readonly loggerProvider: ApiLoggerProvider;
  readonly propagator: TextMapPropagator;

  /**
   * Runs a step as a span, which is active meanwhile and ends with it: at its return, or when its promise settles. What it throws is recorded
   * on the span and thrown on.
   */
  span<T>(name: string, fn: (span: Span) => T): T;
  span<T>(name: string, options: SpanHelperOptions, fn: (span: Span) => T): T;
  /** Puts attributes on the span of the active request; as a function they are only made if it can still matter. Outside a request it does nothing. */
  annotate(attributes: Attributes | (() => Attributes)): void;
  /**
   * Says what the active request does, where several things share one path: `{ kind: "graphql", type: "query", name: "GetUser" }`. It names the span, is on
   * metric and log line, and rules may ask for it. Names are taken as what a client says: words alone, `maxOperations` of them. The first holds.
   */
  operation(operation: OperationName): void;
  /** The active trace's id as 32 hex digits, of a request that is not sampled too; asking decides nothing. Undefined outside. */
  traceId(): string | undefined;
  /** The active request, until it has ended. */
  current(): ActiveRequest | undefined;
  /** Ties a function, or every listener of an emitter, to the context that is active now. */
  bind<T extends EventEmitter | ((...args: never[]) => unknown)>(target: T): T;

  /** What is sampled, to be read and changed while the service runs. */
  readonly sampling: SamplingControl;
  /** What telemetry costs this process, and what it does about it. Undefined where it does not measure itself. */
  overhead(): OverheadReport | undefined;
  /** Holds telemetry back by hand. */
  readonly governor: GovernorControl;
  /** What would become of such a request now, and why: told in words, or the request that is being served. Counts and spends nothing. */
  explain(request: ExplainRequest | ServedRequest): Explanation;
  /** For loggers, `@gossamer/pino` among them: whom lines are of, which requests have one, when to flush. */
  readonly logging: TelemetryLogging;

  /** What happened so far: decisions, spans, exports, drops by reason. */
  status(): TelemetryStatus;
  /** What to look at before this goes to production, and what to change: most serious first, empty when there is nothing. It looks at the settings, and at the traffic so far where there was some. */
  check(): Finding[];
  /** A request handler for `node:http`, Express or Fastify that answers the metrics as Prometheus text, to this machine and to GET and HEAD unless told otherwise. @throws OptionError for a wrong option */
  prometheus(options?: PrometheusOptions): PrometheusHandler<IncomingMessage>;
  /** What to give the official instrumentations of HTTP clients, so that requests have one server span and our own exports none. */
  instrumentationOptions(): InstrumentationOptions;
  /** The metrics for a reader of `@opentelemetry/sdk-metrics`. */
  metricProducer(): MetricProducer;

  /**
   * Sends all that is there now. True when all of it has left or is accounted for as a drop; false when the deadline came first, when the collector
   * asks for a longer pause, or when none ever answered: then one try is made, and no waiting. @default 5000, or `shutdown.deadlineMs` if less
   */
  flush(deadlineMs?: number): Promise<boolean>;
  /** Sends all that is there and stops, within the deadline; what is left is counted as a drop. A second call awaits the first. @default `shutdown.deadlineMs` */
  shutdown(deadlineMs?: number): Promise<void>;

  /**
   * Makes the memory free that telemetry holds, for a process short of it: sends all at once for `deadlineMs` at most; what has not left by then goes
   * to the spool where there is one, and is dropped where there is none. True when nothing was dropped. @default 2000
   */
  emergencyFlush(deadlineMs?: number): Promise<boolean>;
}

/** The engine of a process: what its telemetry is made of, and what adapters tell it. */
export interface TelemetryEngine extends Telemetry {
  /** Whether an adapter makes a span of each of its framework's steps, by {@link TelemetryEngine.step}. */
  readonly internalSpans: boolean;
  /** Whether a logger takes lines of requests now. */
  readonly logsRequests: boolean;
  /**
   * Runs a step of the framework as a span. What it throws ends the step; all else is told to the step it is given, and what the function gave is
   * handed back.
   */
  step<T>(name: string, options: FrameworkStepOptions, fn: (step: FrameworkStep) => T): T;
  /**
   * Where new requests are to be held while the queue is full (`queue.overflow: "block"`), asked before a request's handler
   * runs. It answers undefined when the request may go on, else a promise that settles when it may, within `queue.maxBlockMs`, and never
   * rejects. Undefined itself where requests are never held.
   */
  readonly backpressure: (() => Promise<void> | undefined) | undefined;
  /**
   * A request begins. Always answers an exchange. A framework that routes first tells the route here, `null` for none: then nothing
   * waits for it, and `reader.route` is not asked.
   */
  begin<Request>(request: Request, reader: RequestReader<Request>, route?: Route | null): RequestExchange;
  /** Whether its environment is production, or has a name that is not known. */
  readonly isProduction: boolean;
  /** The handles of route templates. */
  readonly routes: RouteTable;
  /** Runs set-up work of theirs whose failure is counted, never thrown. */
  guard(setUp: () => void): void;
  /** Tells a listener what happens from now on. Until the first listens, and when the last has stopped, that costs nothing. */
  watch(listener: EngineListener): EngineWatch;
  /** Says one line, as the engine says its own. */
  warn(line: string, code: CodeOf<"warn">): void;
}
