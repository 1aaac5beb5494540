import type { AsyncLocalStorage } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import {
  type Attributes,
  type Context,
  INVALID_TRACEID,
  type MeterProvider,
  type Span,
  type TextMapPropagator,
  type Tracer,
} from "@opentelemetry/api";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeHost } from "../exchange/host/exchange-host.ts";
import { fallbackReader } from "../exchange/node/fallback-reader.ts";
import { asideExchange } from "../exchange/node/aside-exchange.ts";
import type { RunsContexts } from "../exchange/incoming/joined-span.ts";
import { ServerTracker } from "../exchange/node/server-tracker.ts";
import { exchangeKey } from "../exchange/incoming/surroundings.ts";
import type { CostMeter } from "../governor/cost-meter.ts";
import type { GovernorControl, OverheadReport } from "../governor/governor.ts";
import { createMetricProducer, type MetricProducer } from "../metrics/readers/metric-producer.ts";
import { createPrometheusHandler, type PrometheusHandler } from "../metrics/prometheus/prometheus-handler.part.ts";
import type { CodeOf } from "../model/codes.ts";
import type { ApiLoggerProvider } from "../logging/logger-provider.ts";
import { isMainThread } from "../model/builtin.ts";
import { createDiagnostics, type Diagnostics } from "../model/diagnostics.ts";
import type { OperationTable } from "../limits/operation-table.ts";
import type { FrameworkStep, RequestExchange } from "../model/request/request-exchange.ts";
import type { RequestReader } from "../model/request/request-reader.ts";
import type { Resource } from "../model/resource.ts";
import { type OperationName, type Route, RouteTable } from "../model/route.ts";
import { schemaUrl } from "../model/scope.ts";
import { textOf } from "../model/foreign/text-of.ts";
import type { Settings } from "../options/settle/settings.ts";
import type { SettingsReport } from "../options/settings-report.part.ts";
import { EndingBudget } from "../pipeline/ending/ending-budget.ts";
import { installShutdown } from "../pipeline/ending/shutdown-signals.ts";
import { Tally } from "../tally/tally.ts";
import { spanKey } from "../tracing/context/context-keys.ts";
import { EngineContext } from "../tracing/context/engine-context.ts";
import type { ApiPlace } from "../tracing/otel-api/register-globals.ts";
import { GuestTracer } from "../tracing/otel-api/guest-tracer.ts";
import { unspannedStep } from "../tracing/unspanned-step.ts";
import { activeApiContext } from "./wiring/api-contexts.ts";
import { ApiStanding, type FlushingTracerProvider } from "./wiring/api-standing.ts";
import { beforeProduction } from "./check/before-production.part.ts";
import { createOperations } from "./operations.part.ts";
import { createExchangeHost } from "./wiring/create-exchange-host.ts";
import type { Finding } from "./check/finding.ts";
import { explain, type Explanation } from "./sampling/explain.part.ts";
import { unexplained } from "./idle-telemetry.ts";
import type { ExplainRequest, ServedRequest } from "./sampling/explain-request.ts";
import { type InstrumentationOptions, instrumentationOptions } from "./instrumentation-options.part.ts";
import { createRequestGate, type RequestGate } from "./wiring/request-gate.ts";
import { createRooms, type Rooms } from "./wiring/rooms.ts";
import { SpanHelpers } from "./span-helpers.ts";
import type { SamplingControl } from "./sampling/sampling-control.ts";
import { startUpkeep } from "./wiring/start-upkeep.ts";
import { readPrometheusOptions } from "./prometheus-options.ts";
import type { FrameworkStepOptions, PrometheusOptions, SpanHelperOptions, TelemetryEngine } from "./telemetry.ts";
import type { TelemetryLogging } from "./wiring/telemetry-logging.ts";
import { type TelemetryStatus, telemetryStatus } from "./wiring/telemetry-status.ts";
import { watchEngine } from "./watch/watching.part.ts";
import type { EngineListener, EngineWatch } from "./watch/engine-watch.ts";
import { WaysOut } from "./wiring/ways-out.ts";

/** What `forceFlush` of the provider promises. */
const providerFlushMs = 5_000;

/**
 * The face of one process's rooms.
 *
 * What every request needs lies in fields of its own: the way to it through other objects would be a cost of each.
 */
export class Engine implements TelemetryEngine {
  readonly enabled: boolean;
  readonly internalSpans: boolean;
  readonly isProduction: boolean;
  readonly tracer: Tracer;
  readonly tracerProvider: FlushingTracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: ApiLoggerProvider;
  readonly propagator: TextMapPropagator;
  readonly sampling: SamplingControl;
  readonly governor: GovernorControl;
  readonly routes: RouteTable = new RouteTable();
  readonly backpressure: (() => Promise<void> | undefined) | undefined;
  readonly logging: TelemetryLogging;
  readonly #settings: Settings;
  readonly #report: () => SettingsReport;
  readonly #serviceName: unknown;
  readonly #startedMs: number;
  readonly #standing: ApiStanding;
  readonly #place: ApiPlace;
  readonly #storage: AsyncLocalStorage<Context>;
  readonly #contexts: RunsContexts;
  readonly #spans: SpanHelpers;
  readonly #rooms: Rooms;
  readonly #waysOut: WaysOut;
  readonly #budget: EndingBudget;
  readonly #faults: Tally;
  /** Counts down to the next request that is measured; undefined where none is. */
  readonly #costs: CostMeter | undefined;
  /** Made at the first name. */
  #operations: OperationTable | undefined = undefined;
  readonly #servers = new ServerTracker();
  readonly #host: ExchangeHost;
  /** Where not all requests have the same host; undefined where they do. */
  readonly #gate: RequestGate | undefined;
  readonly #undo: (() => void)[] = [];
  readonly #diagnostics: Diagnostics;
  readonly #lateVariables: () => string | undefined;
  #isUnasked: boolean;

  constructor(
    settings: Settings,
    resource: Resource,
    report: () => SettingsReport,
    lateVariables: () => string | undefined,
  ) {
    this.#settings = settings;
    this.#report = report;
    this.#serviceName = resource.attributes["service.name"];
    this.#startedMs = settings.clock.now();
    this.enabled = settings.enabled;
    this.isProduction = settings.isProduction;
    this.internalSpans = settings.enabled && settings.traces && settings.internalSpans;
    const diagnostics = createDiagnostics(settings.diagnostics, settings.log);
    const faults = new Tally();
    this.#faults = faults;
    const standing = new ApiStanding(settings, diagnostics, faults);
    this.#standing = standing;
    this.#place = standing.place;
    this.#storage = standing.storage;
    this.#contexts = standing.contexts;
    this.#diagnostics = diagnostics;
    this.#lateVariables = lateVariables;
    this.#isUnasked = settings.enabled;
    const rooms = createRooms({
      settings,
      resource,
      diagnostics,
      faults,
      activeContext: standing.place === "guest" ? activeApiContext : () => standing.storage.getStore(),
    });
    const { scope, sampling, exports, plugins, tracing, propagator, logging, records, errorTypeOf } = rooms;
    this.#rooms = rooms;
    this.sampling = sampling;
    this.governor = { set: (step, options) => rooms.governing.set(step, options) };
    this.#costs = rooms.governing.meter;
    this.propagator = propagator;
    this.meterProvider = rooms.metrics.meterProvider;
    this.logging = logging;
    this.backpressure = exports.traces?.backpressure;
    const { clock, shutdown } = settings;
    this.#budget = new EndingBudget(shutdown.deadlineMs, () => clock.now());
    const waysOut = new WaysOut({ exports, plugins, logging, records, clock, budget: this.#budget });
    this.loggerProvider = records.loggerProvider;
    this.#waysOut = waysOut;
    this.tracerProvider = standing.provider(tracing, () => waysOut.flushSpans(providerFlushMs));
    const tracer = this.tracerProvider.getTracer(scope.name, scope.version, { schemaUrl });
    const guestLimits = standing.place === "guest" ? rooms.limits.limits : undefined;
    this.tracer =
      guestLimits === undefined
        ? tracer
        : new GuestTracer(tracer, {
            limits: guestLimits,
            traces: settings.traces,
            contexts: this.#contexts,
            faults,
            isUntraced: (context) => exchangeIn(context)?.beginsNoSpans === true,
          });
    this.#spans = new SpanHelpers({ tracer: this.tracer, contexts: this.#contexts, guestLimits, errorTypeOf, faults });
    this.#host = createExchangeHost({ settings, rooms, standing, tracer: this.tracer, routes: this.routes });
    this.#gate = createRequestGate(settings, rooms, this.#host);
    if (settings.enabled) this.#start(diagnostics);
  }

  begin<Request>(request: Request, reader: RequestReader<Request>, route?: Route | null): RequestExchange {
    const costs = this.#costs;
    if (costs !== undefined && --costs.untilSample <= 0) return this.#beginMeasured(costs, request, reader, route);
    return this.#begin(request, reader, route);
  }

  /** One of many, or one while none is observed. */
  #beginMeasured<Request>(
    costs: CostMeter,
    request: Request,
    reader: RequestReader<Request>,
    route: Route | null | undefined,
  ): RequestExchange {
    const { governing } = this.#rooms;
    if (governing.isAside) {
      governing.unobserved++;
      costs.untilSample = 1;
      return asideExchange;
    }
    const measured = costs.next();
    const exchange = measured.begin(() => this.#begin(request, reader, route));
    exchange.measureBy(measured);
    return exchange;
  }

  #begin<Request>(request: Request, reader: RequestReader<Request>, route: Route | null | undefined): Exchange {
    if (this.#isUnasked) this.#lookAround();
    try {
      this.#servers.see(request);
      const host = this.#gate === undefined ? this.#host : this.#gate.hostOf(request, reader);
      return new Exchange(host, request, reader, route);
    } catch {
      // The reader threw. The request is counted all the same, as one of which nothing is known.
      this.#faults.add("reader");
      return new Exchange(this.#host, request, fallbackReader, route);
    }
  }

  guard(setUp: () => void): void {
    try {
      setUp();
    } catch {
      this.#faults.add("adapter");
    }
  }

  warn(line: string, code: CodeOf<"warn">): void {
    this.#diagnostics.warn(line, code);
  }

  span<T>(name: string, ...rest: [(span: Span) => T] | [SpanHelperOptions, (span: Span) => T]): T {
    return this.#spans.span(name, rest);
  }

  get logsRequests(): boolean {
    return this.#rooms.logging.logsRequests;
  }

  step<T>(name: string, options: FrameworkStepOptions, fn: (step: FrameworkStep) => T): T {
    if (this.#rooms.tracing.restrainedSpans !== undefined && this.current()?.isWhole !== true) return fn(unspannedStep);
    return this.#spans.step(name, options, fn);
  }

  annotate(attributes: Attributes | (() => Attributes)): void {
    const exchange = this.current();
    if (exchange === undefined || exchange.remembers === "nothing") return;
    this.#spans.annotate(exchange.shownSpan, attributes);
  }

  operation(operation: OperationName): void {
    const exchange = this.current();
    if (exchange === undefined) return;
    try {
      this.#operations ??= createOperations(this.#settings.maxOperations);
      const named = this.#operations.get(operation);
      if (named !== undefined) exchange.named(named, this.routes);
    } catch {
      // What was given cannot be read.
      this.#faults.add("operation");
    }
  }

  traceId(): string | undefined {
    try {
      const span = this.#contexts.active().getValue(spanKey) as Span | undefined;
      const traceId = span?.spanContext().traceId;
      return typeof traceId !== "string" || traceId === INVALID_TRACEID ? undefined : traceId;
    } catch {
      this.#faults.add("context");
      return undefined;
    }
  }

  current(): Exchange | undefined {
    const context = this.#place === "guest" ? activeApiContext() : this.#storage.getStore();
    try {
      const exchange = context === undefined ? undefined : exchangeIn(context);
      return exchange?.ended === false ? exchange : undefined;
    } catch {
      this.#faults.add("context");
      return undefined;
    }
  }

  bind<T extends EventEmitter | ((...args: never[]) => unknown)>(target: T): T {
    return this.#contexts.bind(this.#contexts.active(), target);
  }

  status(): TelemetryStatus {
    const running = this.#waysOut.isShutDown ? "shut-down" : "running";
    return telemetryStatus(this.#rooms, {
      state: this.enabled ? running : "disabled",
      operations: this.#operations?.counts.snapshot() ?? {},
      settings: this.#settingsNow(),
    });
  }

  overhead(): OverheadReport | undefined {
    return this.#rooms.governing.report();
  }

  explain(request: ExplainRequest | ServedRequest): Explanation {
    const { sampling, tickets } = this.#rooms;
    const { traces, traceProbes, clock } = this.#settings;
    const ticketHeader = this.#settings.tickets.header;
    const isOn = this.enabled && traces;
    try {
      return explain(request, { sampling, tickets, ticketHeader, isOn, traceProbes, clock, faults: this.#faults });
    } catch (error) {
      this.#faults.add("explain");
      return unexplained(`nothing is explained: ${textOf(error)}`);
    }
  }

  check(): Finding[] {
    const { clock } = this.#settings;
    try {
      return beforeProduction({
        settings: this.#settings,
        origins: this.#settingsNow(),
        serviceName: this.#serviceName,
        status: this.status(),
        upMs: clock.now() - this.#startedMs,
      });
    } catch (error) {
      this.#faults.add("check");
      const fix = "Install @gossamer/core again, or report it where it is whole.";
      return [{ id: "unchecked", severity: "error", message: `Nothing was checked: ${textOf(error)}`, fix }];
    }
  }

  prometheus(options?: PrometheusOptions): PrometheusHandler<IncomingMessage> {
    return createPrometheusHandler<IncomingMessage>({
      reader: this.#rooms.metrics.reader("cumulative"),
      failed: () => this.#faults.add("prometheus"),
      untold: this.#rooms.metrics.untold,
      ...readPrometheusOptions(options),
    });
  }

  instrumentationOptions(): InstrumentationOptions {
    return instrumentationOptions(this.#settings);
  }

  watch(listener: EngineListener): EngineWatch {
    return watchEngine(listener, { rooms: this.#rooms, host: this.#host, clock: this.#settings.clock });
  }

  metricProducer(): MetricProducer {
    return createMetricProducer(this.#rooms.metrics.reader("cumulative"));
  }

  flush(deadlineMs?: number): Promise<boolean> {
    return this.#waysOut.flush(deadlineMs);
  }

  emergencyFlush(deadlineMs?: number): Promise<boolean> {
    return this.#waysOut.emergencyFlush(deadlineMs);
  }

  shutdown(deadlineMs?: number): Promise<void> {
    return this.#waysOut.shutdown(deadlineMs);
  }

  /** Stops at once and lets go of all that is global, for tests and hot reload. */
  async reset(): Promise<void> {
    for (const undo of this.#undo.splice(0)) undo();
    await this.shutdown(0);
    this.#standing.disable();
  }

  #start(diagnostics: Diagnostics): void {
    const settings = this.#settings;
    // First what can still throw: a part that is not there. Nothing is registered then.
    this.#undo.push(
      startUpkeep({
        settings,
        rooms: this.#rooms,
        servers: this.#servers,
        serviceName: String(this.#serviceName),
        diagnostics,
      }),
    );
    this.#undo.push(this.#rooms.governing.start(this.#rooms, () => this.#waysOut.emergencyFlush(), diagnostics));
    this.#undo.push(
      this.#standing.register({
        provider: this.tracerProvider,
        meters: settings.metrics ? this.meterProvider : undefined,
        propagator: this.propagator,
      }),
      installShutdown({
        ...settings.shutdown,
        // A worker hears none: Node tells them to the main thread alone, whose end is the process's.
        signals: settings.shutdown.signals && isMainThread(),
        budget: this.#budget,
        servers: () => this.#servers.servers,
        flush: (deadlineMs) => this.#waysOut.flush(deadlineMs),
        shutdown: (deadlineMs) => this.#waysOut.end(deadlineMs),
        leave: () => this.#waysOut.leave(),
        unit: () => (this.#rooms.records.exportStatus() === undefined ? "spans" : "spans and log records"),
        diagnostics,
        process,
      }),
      this.#rooms.records.onceTaken(() => this.#undo.push(this.#standing.registerLoggers(this.loggerProvider))),
    );
  }

  /** At the first request everything that was going to be set up has been. */
  #lookAround(): void {
    this.#isUnasked = false;
    if (this.#standing.canBeTaken) this.#standing.look(this.tracerProvider);
    const late = this.#lateVariables();
    if (late !== undefined) this.#diagnostics.warn(late, "GSM_VARIABLE_LATE");
  }

  #settingsNow(): SettingsReport {
    try {
      return this.#report();
    } catch {
      // A file of ours is missing. All else is there.
      this.#faults.add("settings");
      return {};
    }
  }
}

/** The request that a context is of, over or not. */
function exchangeIn(context: Context): Exchange | undefined {
  const base = context instanceof EngineContext ? context.base : context;
  const exchange = base instanceof Exchange ? base : context.getValue(exchangeKey);
  return exchange instanceof Exchange ? exchange : undefined;
}
