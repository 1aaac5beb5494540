import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Attributes,
  type Context,
  INVALID_TRACEID,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  type TextMapPropagator,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeHost } from "../exchange/exchange-host.ts";
import { fallbackReader } from "../exchange/fallback-reader.ts";
import { HeldSpans } from "../exchange/held-spans.ts";
import { headerGetter, IncomingContext } from "../exchange/incoming-context.ts";
import type { RunsContexts } from "../exchange/joined-span.ts";
import { ServerTracker } from "../exchange/server-tracker.ts";
import { SpanNames } from "../exchange/span-names.ts";
import { exchangeKey, Surroundings } from "../exchange/surroundings.ts";
import { MethodTable } from "../limits/methods.ts";
import { ExportDurations } from "../health/export-durations.ts";
import { type HealthReading, sdkMetrics } from "../health/sdk-metrics.ts";
import { summaryLine } from "../health/summary-line.ts";
import { RequestLog } from "../logging/request-log.ts";
import { createMetricProducer, type MetricProducer } from "../metrics/metric-producer.ts";
import { createMetrics, type Metrics, type MetricsSettings, noMetrics } from "../metrics/metrics.ts";
import { createPrometheusHandler } from "../metrics/prometheus-handler.ts";
import { builtin } from "../model/builtin.ts";
import { createDiagnostics, type Diagnostics } from "../model/diagnostics.ts";
import { RandomPool } from "../model/random.ts";
import type { RequestReader } from "../model/request-reader.ts";
import type { Resource } from "../model/resource.ts";
import { type Route, RouteTable } from "../model/route.ts";
import type { Scope } from "../model/scope.ts";
import { version } from "../model/version.ts";
import type { Settings } from "../options/settings.ts";
import type { SpanChunk } from "../otlp/span-chunk.ts";
import type { ExportPipeline } from "../pipeline/export-pipeline.ts";
import type { Remains } from "../pipeline/leave-now.ts";
import type { SettingsReport } from "../options/settings-report.ts";
import { installShutdown } from "../pipeline/shutdown-signals.ts";
import { Tally } from "../tally/tally.ts";
import { AsyncContextManager } from "../tracing/async-context-manager.ts";
import { spanKey } from "../tracing/context-keys.ts";
import { EngineContext } from "../tracing/engine-context.ts";
import { createErrorTypeOf, type ErrorTypeOf } from "../tracing/error-categories.ts";
import { watchForLateSdk } from "../tracing/late-sdk.ts";
import { createPropagator, type PropagationParts } from "../tracing/propagation/propagator.ts";
import { type ApiPlace, apiPlace, areGlobalsOurs, registerGlobals } from "../tracing/register-globals.ts";
import { runInSpan } from "../tracing/run-in-span.ts";
import { EngineTracerProvider } from "../tracing/tracer-provider.ts";
import { Tracing } from "../tracing/tracing.ts";
import { activeApiContext, apiContexts } from "./api-contexts.ts";
import { beforeProduction } from "./before-production.ts";
import { createExports, type Exports } from "./exports.ts";
import type { Finding } from "./finding.ts";
import { explain, type Explanation, type ExplainRequest } from "./explain.ts";
import { type InstrumentationOptions, instrumentationOptions } from "./instrumentation-options.ts";
import { createLimits, type LimitParts } from "./limit-parts.ts";
import { LiveSampling } from "./live-sampling.ts";
import { RolloutGate } from "./rollout-gate.ts";
import type { SamplingControl } from "./sampling-control.ts";
import { watchSamplingFile } from "./sampling-file.ts";
import { decisionMetric, keptMetric } from "./sampling-metrics.ts";
import { createSpanPlugins, type SpanPlugins } from "./span-plugins.ts";
import type { FlushingTracerProvider, PrometheusOptions, SpanHelperOptions, Telemetry } from "./telemetry.ts";
import { EngineLogging } from "./telemetry-logging.ts";
import type { TelemetryStatus } from "./telemetry-status.ts";

const scope: Scope = { name: "@gossamer/core", version };
const maxLiveSpans = 20_000;
const sweepMs = 30_000;
const defaultFlushMs = 5_000;
const defaultEmergencyMs = 2_000;
const summaryMs = 60_000;

/** Wires the rooms of one process. */
export class Engine implements Telemetry {
  readonly enabled: boolean;
  readonly internalSpans: boolean;
  readonly tracer: Tracer;
  readonly tracerProvider: FlushingTracerProvider;
  readonly propagator: TextMapPropagator;
  readonly sampling: SamplingControl;
  readonly routes: RouteTable = new RouteTable();
  readonly admission: (() => Promise<void> | undefined) | undefined;
  readonly logging: EngineLogging;
  readonly #settings: Settings;
  readonly #storage = new (builtin("node:async_hooks").AsyncLocalStorage)<Context>();
  readonly #ownContexts = new AsyncContextManager(this.#storage);
  readonly #place: ApiPlace;
  /** Ours, or those of the provider we are a guest of. */
  readonly #contexts: RunsContexts;
  readonly #diagnostics: Diagnostics;
  readonly #faults = new Tally();
  readonly #spanDrops = new Tally();
  readonly #servers = new ServerTracker();
  readonly #metrics: Metrics;
  readonly #sampling: LiveSampling;
  readonly #report: () => SettingsReport;
  readonly #serviceName: unknown;
  readonly #startedMs: number;
  readonly #limits: LimitParts;
  readonly #exports: Exports;
  readonly #plugins: SpanPlugins | undefined;
  readonly #tracing: Tracing;
  readonly #errorTypeOf: ErrorTypeOf;
  readonly #host: ExchangeHost;
  readonly #rollout: RolloutGate | undefined = undefined;
  readonly #undo: (() => void)[] = [];
  #globalsUnseen: boolean;
  #lateSdkTold: boolean;
  #globalsTaken = false;
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, resource: Resource, report: () => SettingsReport) {
    this.#settings = settings;
    this.#report = report;
    this.#serviceName = resource.attributes["service.name"];
    this.#startedMs = settings.clock.now();
    this.#limits = createLimits(settings);
    this.enabled = settings.enabled;
    this.internalSpans = settings.enabled && settings.traces && settings.internalSpans;
    this.#diagnostics = createDiagnostics(settings.diagnostics, settings.log);
    this.#place = settings.enabled ? apiPlace(settings.register) : "own";
    this.#contexts = this.#place === "guest" ? apiContexts : this.#ownContexts;
    // Whoever was pushed aside has been told of already.
    this.#lateSdkTold = settings.register === "always";
    this.#globalsUnseen = settings.enabled && this.#place === "own";
    const methods = new MethodTable(settings.knownMethods);
    this.#metrics = makeMetrics(settings, { resource, scope, clock: settings.clock, methods: methods.names });
    const durations = new ExportDurations();
    this.#metrics.register(durations);
    const sampling = new LiveSampling({ settings, methods: methods.names, faults: this.#faults });
    this.#sampling = sampling;
    this.sampling = sampling;
    this.#metrics.registerObserved(decisionMetric(sampling.counts));
    this.#metrics.registerObserved(keptMetric(sampling.keep));
    this.#exports = createExports({
      settings,
      resource,
      metrics: this.#metrics,
      diagnostics: this.#diagnostics,
      spanDrops: this.#spanDrops,
      tried: ({ exporter, failure, durationMs }) => durations.record(exporter, failure, durationMs / 1000),
    });
    this.admission = this.#exports.traces?.admission;
    this.#plugins = createSpanPlugins({
      settings,
      resource,
      diagnostics: this.#diagnostics,
      next: this.#exports.sink,
      spanDrops: this.#spanDrops,
      faults: this.#faults,
    });
    const sink = this.#plugins?.fanOut ?? this.#exports.sink;
    const starts = this.#plugins?.fanOut;
    const random = new RandomPool(settings.random);
    const tiers = { inForce: sampling.tiers };
    this.#tracing = new Tracing({
      clock: settings.clock,
      random,
      limits: this.#limits.limits,
      maxSpansPerRequest: settings.maxSpansPerRequest,
      maxSpanAgeMs: settings.maxSpanAgeMs,
      maxLiveSpans,
      spanLimit: this.#sampling.spanLimit,
      sink,
      starts,
      decide: (facts) => sampling.decide(facts),
      tiers,
      drops: this.#spanDrops,
      diagnostics: this.#diagnostics,
    });
    this.tracerProvider = this.#provider();
    this.tracer = this.tracerProvider.getTracer(scope.name, scope.version);
    this.propagator = createPropagator(settings.propagators, this.#propagation());
    this.#errorTypeOf = createErrorTypeOf(settings.categorizeError, this.#faults);
    const requestLog = new RequestLog(settings.requestLine, this.#faults);
    this.logging = new EngineLogging({ level: settings.logLevel, resource, requestLog, faults: this.#faults });
    const incoming = this.#incomingContext();
    this.#host = {
      clock: settings.clock,
      random,
      storage: this.#storage,
      tracing: this.#tracing,
      metrics: this.#metrics.http,
      sink,
      starts,
      decide: (facts) => sampling.decide(facts),
      decisionWaitsForRoute: sampling.waitsForRoute,
      rules: sampling.rules,
      held: new HeldSpans(),
      keep: this.#sampling.keep,
      incoming,
      surroundings: settings.enabled ? this.#surroundings(incoming) : undefined,
      methods,
      names: new SpanNames(methods),
      ...this.#limits.host,
      errorTypeOf: this.#errorTypeOf,
      requestLog,
      drops: this.#spanDrops,
      faults: this.#faults,
    };
    sampling.changed = () => {
      this.#host.decisionWaitsForRoute = sampling.waitsForRoute;
      this.#host.rules = sampling.rules;
      tiers.inForce = sampling.tiers;
    };
    if (settings.rollout !== undefined) {
      this.#rollout = new RolloutGate(settings.rollout, this.#host, { counts: sampling.counts, faults: this.#faults });
    }
    if (settings.enabled) this.#start();
  }

  begin<Request>(request: Request, reader: RequestReader<Request>, route?: Route | null): Exchange {
    if (this.#globalsUnseen) this.#lookAtGlobals();
    try {
      this.#servers.see(request);
      const host = this.#rollout === undefined ? this.#host : this.#rollout.hostOf(request, reader);
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

  span<T>(name: string, ...rest: [(span: Span) => T] | [SpanHelperOptions, (span: Span) => T]): T {
    const fn = rest.at(-1) as (span: Span) => T;
    const { attributes, parent, ...options }: SpanHelperOptions = rest.length > 1 ? (rest[0] as SpanHelperOptions) : {};
    const active = this.#contexts.active();
    const context = parent === undefined ? active : active.setValue(spanKey, parent);
    const span = this.tracer.startSpan(name, options, context);
    if (attributes !== undefined && span.isRecording()) this.#annotate(span, attributes);
    return this.#contexts.with(context.setValue(spanKey, span), () => runInSpan(span, fn, this.#errorTypeOf));
  }

  annotate(attributes: Attributes | (() => Attributes)): void {
    const exchange = this.current();
    if (exchange === undefined || exchange.remembers === "nothing") return;
    this.#annotate(exchange.shownSpan, attributes);
  }

  traceId(): string | undefined {
    const span = this.#contexts.active().getValue(spanKey) as Span | undefined;
    const traceId = span?.spanContext().traceId;
    return traceId === INVALID_TRACEID ? undefined : traceId;
  }

  current(): Exchange | undefined {
    const context = this.#place === "guest" ? activeApiContext() : this.#storage.getStore();
    const base = context instanceof EngineContext ? context.base : context;
    const exchange = base instanceof Exchange ? base : context?.getValue(exchangeKey);
    return exchange instanceof Exchange && !exchange.ended ? exchange : undefined;
  }

  bind<T extends EventEmitter | ((...args: never[]) => unknown)>(target: T): T {
    return this.#contexts.bind(this.#contexts.active(), target);
  }

  status(): TelemetryStatus {
    return {
      state: this.enabled ? (this.#stopped === undefined ? "running" : "shut-down") : "disabled",
      sampling: {
        sampler: this.#sampling.sampler.description,
        decisions: this.#sampling.counts.snapshot(),
        kept: this.#sampling.keep.kept.snapshot(),
        keepDrops: this.#sampling.keepDrops.snapshot(),
        dryRun: this.#sampling.dryRun?.report(),
      },
      spans: {
        started: this.#tracing.started,
        live: this.#tracing.live.size,
        leaked: this.#tracing.leaked,
        drops: this.#spanDrops.snapshot(),
        attributeDrops: this.#limits.attributeDrops.snapshot(),
      },
      traceExport: this.#exports.traces?.status(),
      metricExport: this.#exports.metrics?.status(),
      metrics: this.#metrics.status(),
      logs: this.logging.status(),
      settings: this.#report(),
      faults: this.#faults.snapshot(),
    };
  }

  explain(request: ExplainRequest): Explanation {
    return explain(request, {
      sampling: this.#sampling,
      isOn: this.enabled && this.#settings.traces,
      traceProbes: this.#settings.traceProbes,
      clock: this.#settings.clock,
    });
  }

  check(): Finding[] {
    const { clock } = this.#settings;
    return beforeProduction({
      settings: this.#settings,
      origins: this.#report(),
      serviceName: this.#serviceName,
      status: this.status(),
      upMs: clock.now() - this.#startedMs,
    });
  }

  prometheus(options: PrometheusOptions = {}): (request: IncomingMessage, response: ServerResponse) => void {
    return createPrometheusHandler({ collect: () => this.#metrics.collect("cumulative"), ...options });
  }

  instrumentationOptions(): InstrumentationOptions {
    return instrumentationOptions(this.#settings);
  }

  metricProducer(): MetricProducer {
    return createMetricProducer(() => this.#metrics.collect("cumulative"));
  }

  async flush(deadlineMs: number = defaultFlushMs): Promise<boolean> {
    const done = await Promise.all([
      this.#flushSpans(deadlineMs),
      this.#exports.metrics?.flush(deadlineMs) ?? true,
      this.logging.flush(deadlineMs),
    ]);
    return done.every(Boolean);
  }

  async #flushSpans(deadlineMs: number): Promise<boolean> {
    const done = await Promise.all([
      this.#exports.traces?.flush(deadlineMs) ?? true,
      this.#plugins?.flush(deadlineMs) ?? true,
    ]);
    return done.every(Boolean);
  }

  async emergencyFlush(deadlineMs: number = defaultEmergencyMs): Promise<boolean> {
    const { traces, metrics } = this.#exports;
    const [kept] = await Promise.all([traces?.emergencyFlush(deadlineMs) ?? true, metrics?.flush(deadlineMs)]);
    return kept;
  }

  shutdown(deadlineMs: number = this.#settings.shutdown.deadlineMs): Promise<void> {
    this.#stopped ??= this.#stop(deadlineMs);
    return this.#stopped;
  }

  /** Stops at once and lets go of all that is global, for tests and hot reload. */
  async reset(): Promise<void> {
    for (const undo of this.#undo.splice(0)) undo();
    await this.shutdown(0);
    this.#ownContexts.disable();
  }

  async #end(deadlineMs: number): Promise<void> {
    const { clock } = this.#settings;
    const beganMs = clock.now();
    await this.shutdown(deadlineMs);
    await this.logging.close(Math.max(0, deadlineMs - (clock.now() - beganMs)));
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { traces, metrics } = this.#exports;
    await Promise.all([
      traces?.shutdown(deadlineMs),
      metrics?.shutdown(deadlineMs),
      this.#plugins?.shutdown(deadlineMs),
      this.logging.flush(deadlineMs),
    ]);
  }

  #annotate(span: Span, attributes: Attributes | (() => Attributes)): void {
    try {
      span.setAttributes(typeof attributes === "function" ? attributes() : attributes);
    } catch {
      this.#faults.add("annotate");
    }
  }

  #start(): void {
    const { settings, diagnostics } = { settings: this.#settings, diagnostics: this.#diagnostics };
    this.#undo.push(
      registerGlobals({
        place: this.#place,
        provider: this.tracerProvider,
        contexts: this.#ownContexts,
        propagator: this.propagator,
        diagnostics,
      }),
      installShutdown({
        ...settings.shutdown,
        servers: () => this.#servers.servers,
        flush: (deadlineMs) => this.flush(deadlineMs),
        // Last: what the shutdown itself makes the service log is written too.
        shutdown: (deadlineMs) => this.#end(deadlineMs),
        leave: () => this.#leave(),
        diagnostics,
        process,
      }),
    );
    if (settings.samplingFile !== undefined) {
      this.#undo.push(
        watchSamplingFile(settings.samplingFile, {
          changed: (change) => this.#sampling.updateFromFile(change),
          diagnostics,
          faults: this.#faults,
        }),
      );
    }
    if (this.#place === "own") this.#undo.push(watchForLateSdk(() => this.#tellLateSdk()));
    const sweep = setInterval(() => this.#tracing.live.sweep(settings.clock.now()), sweepMs);
    sweep.unref();
    this.#undo.push(() => clearInterval(sweep));
    const health = (): HealthReading => ({
      spansStarted: this.#tracing.started,
      spansLive: this.#tracing.live.size,
      spanDrops: this.#spanDrops.snapshot(),
      export: this.#exports.traces?.status(),
    });
    for (const metric of sdkMetrics(health)) this.#metrics.registerObserved(metric);
    if (settings.summaryLine && this.#exports.traces !== undefined) this.#undo.push(this.#sumUp(this.#exports.traces));
  }

  #provider(): FlushingTracerProvider {
    // Switched off there are no ids either: a proxy that nothing stands behind makes spans that are none.
    if (!this.enabled) return new ProxyTracerProvider();
    return this.#place === "guest"
      ? trace.getTracerProvider()
      : new EngineTracerProvider(this.#tracing, this.#ownContexts, () => this.#flushSpans(defaultFlushMs));
  }

  #surroundings(incoming: IncomingContext): Surroundings {
    const own = this.#place === "own";
    return new Surroundings({
      active: () => (own && !this.#globalsTaken ? this.#storage.getStore() : activeApiContext()),
      contexts: this.#contexts,
      foreign:
        this.#place === "guest"
          ? {
              tracer: this.tracer,
              extract: (request) =>
                incoming.trusts(request) ? propagation.extract(ROOT_CONTEXT, request, headerGetter) : ROOT_CONTEXT,
            }
          : undefined,
      metStranger: own ? () => this.#tellLateSdk() : undefined,
      failed: (place) => this.#faults.add(place),
    });
  }

  /** At the first request everything that was going to be set up has been. */
  #lookAtGlobals(): void {
    this.#globalsUnseen = false;
    if (areGlobalsOurs({ provider: this.tracerProvider, contexts: this.#ownContexts })) return;
    this.#globalsTaken = true;
    this.#tellLateSdk();
  }

  #tellLateSdk(): void {
    if (this.#lateSdkTold) return;
    this.#lateSdkTold = true;
    this.#diagnostics.warn(
      'an OpenTelemetry SDK was started after Gossamer: two providers share this process, and each sees only a part. Start the SDK first, or hand its exporters to Gossamer (spanExporters), or say register: "never"',
    );
  }

  #sumUp(traces: ExportPipeline<SpanChunk>): () => void {
    let before = traces.status();
    const timer = setInterval(() => {
      const now = traces.status();
      const line = summaryLine(before, now);
      before = now;
      if (line !== undefined) this.#diagnostics.info(line);
    }, summaryMs);
    timer.unref();
    return () => clearInterval(timer);
  }

  #leave(): Remains {
    const { traces } = this.#exports;
    if (traces === undefined) return { spooled: 0, lost: 0 };
    // Where there is no collector, nobody waits for them.
    const { collector } = traces.status();
    const { spooled, lost } = traces.leaveNow();
    return { spooled, lost: collector === "absent" ? 0 : lost };
  }

  #propagation(): PropagationParts {
    return { drops: this.#spanDrops, faults: this.#faults, baggage: this.#limits.baggage };
  }

  #incomingContext(): IncomingContext {
    const { propagators, trustIncoming } = this.#settings;
    const traceContext = propagators.includes("tracecontext");
    const others = propagators.filter((propagator) => propagator !== "tracecontext");
    return new IncomingContext({
      traceContext,
      propagator: others.length === 0 ? undefined : createPropagator(others, this.#propagation()),
      trust: trustIncoming,
      failed: (place) => this.#faults.add(place),
    });
  }
}

function makeMetrics(
  settings: Settings,
  parts: Pick<MetricsSettings, "resource" | "scope" | "clock" | "methods">,
): Metrics {
  if (!settings.enabled || !settings.metrics) return noMetrics(parts);
  const { boundaries, statusAttribute, maxSeries } = settings;
  return createMetrics({ ...parts, boundaries, statusAttribute, maxSeries });
}
