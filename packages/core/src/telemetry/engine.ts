import { AsyncLocalStorage } from "node:async_hooks";
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
  type TracerProvider,
} from "@opentelemetry/api";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeHost } from "../exchange/exchange-host.ts";
import { fallbackReader } from "../exchange/fallback-reader.ts";
import { headerGetter, IncomingContext } from "../exchange/incoming-context.ts";
import { noteLimits } from "../exchange/server-span.ts";
import type { RunsContexts } from "../exchange/joined-span.ts";
import { ServerTracker } from "../exchange/server-tracker.ts";
import { SpanNames } from "../exchange/span-names.ts";
import { exchangeKey, Surroundings } from "../exchange/surroundings.ts";
import { MethodTable } from "../limits/methods.ts";
import { sensitiveNames } from "../limits/redact-query.ts";
import { createMetricProducer, type MetricProducer } from "../metrics/metric-producer.ts";
import { createMetrics, type Metrics, type MetricsSettings, noMetrics } from "../metrics/metrics.ts";
import { createPrometheusHandler } from "../metrics/prometheus-handler.ts";
import { createDiagnostics, type Diagnostics } from "../model/diagnostics.ts";
import { RandomPool } from "../model/random.ts";
import type { RequestReader } from "../model/request-reader.ts";
import type { Resource } from "../model/resource.ts";
import { type Route, RouteTable } from "../model/route.ts";
import type { Scope } from "../model/scope.ts";
import { version } from "../model/version.ts";
import type { Settings } from "../options/settings.ts";
import { installShutdown } from "../pipeline/shutdown-signals.ts";
import { Tally } from "../tally/tally.ts";
import { AsyncContextManager } from "../tracing/async-context-manager.ts";
import { spanKey } from "../tracing/context-keys.ts";
import { EngineContext } from "../tracing/engine-context.ts";
import { createPropagator } from "../tracing/propagation/propagator.ts";
import { watchForLateSdk } from "../tracing/late-sdk.ts";
import { type ApiPlace, apiPlace, areGlobalsOurs, registerGlobals } from "../tracing/register-globals.ts";
import { runInSpan } from "../tracing/run-in-span.ts";
import { EngineTracerProvider } from "../tracing/tracer-provider.ts";
import { Tracing } from "../tracing/tracing.ts";
import { activeApiContext, apiContexts } from "./api-contexts.ts";
import { createExports, type Exports } from "./exports.ts";
import { type InstrumentationOptions, instrumentationOptions } from "./instrumentation-options.ts";
import { createSampling, type SamplingParts } from "./sampling-parts.ts";
import { createSpanPlugins, type SpanPlugins } from "./span-plugins.ts";
import type { PrometheusOptions, SpanHelperOptions, Telemetry } from "./telemetry.ts";
import type { TelemetryStatus } from "./telemetry-status.ts";

const scope: Scope = { name: "@gossamer/core", version };
const maxLiveSpans = 20_000;
const sweepMs = 30_000;
const defaultFlushMs = 5_000;

/** Wires the rooms of one process. */
export class Engine implements Telemetry {
  readonly enabled: boolean;
  readonly internalSpans: boolean;
  readonly tracer: Tracer;
  readonly tracerProvider: TracerProvider;
  readonly propagator: TextMapPropagator;
  readonly routes: RouteTable = new RouteTable();
  readonly #settings: Settings;
  readonly #storage = new AsyncLocalStorage<Context>();
  readonly #ownContexts = new AsyncContextManager(this.#storage);
  readonly #place: ApiPlace;
  /** Ours, or those of the provider we are a guest of. */
  readonly #contexts: RunsContexts;
  readonly #diagnostics: Diagnostics;
  readonly #faults = new Tally();
  readonly #spanDrops = new Tally();
  readonly #servers = new ServerTracker();
  readonly #metrics: Metrics;
  readonly #sampling: SamplingParts;
  readonly #exports: Exports;
  readonly #plugins: SpanPlugins | undefined;
  readonly #tracing: Tracing;
  readonly #host: ExchangeHost;
  readonly #undo: (() => void)[] = [];
  #globalsUnseen: boolean;
  #lateSdkTold: boolean;
  #globalsTaken = false;
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, resource: Resource) {
    this.#settings = settings;
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
    this.#sampling = createSampling(settings, this.#faults);
    this.#exports = createExports({
      settings,
      resource,
      metrics: this.#metrics,
      diagnostics: this.#diagnostics,
      spanDrops: this.#spanDrops,
    });
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
    this.#tracing = new Tracing({
      clock: settings.clock,
      random,
      limits: settings.limits,
      maxSpansPerRequest: settings.maxSpansPerRequest,
      maxSpanAgeMs: settings.maxSpanAgeMs,
      maxLiveSpans,
      spanLimit: this.#sampling.spanLimit,
      sink,
      starts,
      decide: this.#sampling.decide,
      drops: this.#spanDrops,
      diagnostics: this.#diagnostics,
    });
    this.tracerProvider = this.#provider();
    this.tracer = this.tracerProvider.getTracer(scope.name, scope.version);
    this.propagator = createPropagator(settings.propagators, { drops: this.#spanDrops, faults: this.#faults });
    const incoming = this.#incomingContext();
    this.#host = {
      clock: settings.clock,
      random,
      storage: this.#storage,
      tracing: this.#tracing,
      metrics: this.#metrics.http,
      sink,
      starts,
      decide: this.#sampling.decide,
      decisionWaitsForRoute: this.#sampling.sampler.usesRoute === true,
      keep: this.#sampling.keep,
      incoming,
      surroundings: settings.enabled ? this.#surroundings(incoming) : undefined,
      methods,
      names: new SpanNames(methods),
      limits: settings.limits,
      noteLimits: noteLimits(settings.limits),
      sensitive: sensitiveNames(settings.redactQueryParameters),
      requestHeaders: settings.captureRequestHeaders,
      responseHeaders: settings.captureResponseHeaders,
      drops: this.#spanDrops,
      faults: this.#faults,
    };
    if (settings.enabled) this.#start();
  }

  begin<Request>(request: Request, reader: RequestReader<Request>, route?: Route | null): Exchange {
    if (this.#globalsUnseen) this.#lookAtGlobals();
    try {
      this.#servers.see(request);
      return new Exchange(this.#host, request, reader, route);
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
    return this.#contexts.with(context.setValue(spanKey, span), () => runInSpan(span, fn));
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
        keepDrops: this.#sampling.keepDrops.snapshot(),
      },
      spans: {
        started: this.#tracing.started,
        live: this.#tracing.live.size,
        leaked: this.#tracing.leaked,
        drops: this.#spanDrops.snapshot(),
      },
      traceExport: this.#exports.traces?.status(),
      metricExport: this.#exports.metrics?.status(),
      metrics: this.#metrics.status(),
      faults: this.#faults.snapshot(),
    };
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
    const { traces, metrics } = this.#exports;
    const done = await Promise.all([
      traces?.flush(deadlineMs) ?? true,
      metrics?.flush(deadlineMs) ?? true,
      this.#plugins?.flush(deadlineMs) ?? true,
    ]);
    return done.every(Boolean);
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

  async #stop(deadlineMs: number): Promise<void> {
    const { traces, metrics } = this.#exports;
    await Promise.all([
      traces?.shutdown(deadlineMs),
      metrics?.shutdown(deadlineMs),
      this.#plugins?.shutdown(deadlineMs),
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
        shutdown: (deadlineMs) => this.shutdown(deadlineMs),
        pending: () => this.#pendingSpans(),
        diagnostics,
        process,
      }),
    );
    if (this.#place === "own") this.#undo.push(watchForLateSdk(() => this.#tellLateSdk()));
    const sweep = setInterval(() => this.#tracing.live.sweep(settings.clock.now()), sweepMs);
    sweep.unref();
    this.#undo.push(() => clearInterval(sweep));
  }

  #provider(): TracerProvider {
    // Switched off there are no ids either: a proxy that nothing stands behind makes spans that are none.
    if (!this.enabled) return new ProxyTracerProvider();
    return this.#place === "guest"
      ? trace.getTracerProvider()
      : new EngineTracerProvider(this.#tracing, this.#ownContexts);
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

  #pendingSpans(): number {
    const status = this.#exports.traces?.status();
    // Where there is no collector, nobody waits for them.
    return status === undefined || status.collector === "absent" ? 0 : status.writing + status.queued + status.inFlight;
  }

  #incomingContext(): IncomingContext {
    const { propagators, trustIncoming } = this.#settings;
    const traceContext = propagators.includes("tracecontext");
    const others = propagators.filter((propagator) => propagator !== "tracecontext");
    return new IncomingContext({
      traceContext,
      propagator:
        others.length === 0 ? undefined : createPropagator(others, { drops: this.#spanDrops, faults: this.#faults }),
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
