import type { Context, TextMapPropagator } from "@opentelemetry/api";
import { ExportDurations } from "../../health/export-durations.ts";
import { type HealthReading, sdkMetrics } from "../../health/sdk-metrics.ts";
import { MethodTable } from "../../limits/methods.ts";
import { RequestLog } from "../../logging/request-log.ts";
import { createMetrics, type Metrics, type MetricsSettings, noMetrics } from "../../metrics/metrics.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import { RandomPool } from "../../model/random.ts";
import type { Resource } from "../../model/resource.ts";
import { ownScopeName, type Scope, schemaUrl, version } from "../../model/scope.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { Tickets } from "../../sampling/tickets/tickets.ts";
import { Tally } from "../../tally/tally.ts";
import { createPropagator, type PropagationParts } from "../../tracing/propagation/propagator.ts";
import { HeldSpans } from "../../tracing/span/held-spans.ts";
import type { SpanStarts, SpanSink } from "../../tracing/span/span-sink.ts";
import { createErrorTypeOf, type ErrorTypeOf } from "../../tracing/span/error-categories.ts";
import { Tracing } from "../../tracing/span/tracing.ts";
import { findExemplarSpan } from "./find-exemplar-span.ts";
import type { FindExemplarSpan } from "../../model/exemplar-span.ts";
import { EngineRecords } from "./engine-records.ts";
import { createExports, type Exports } from "./exports.ts";
import { Governing } from "./governing.ts";
import { createLimits, type LimitParts } from "./limit-parts.ts";
import { remoteSampling as createRemoteSampling } from "../central/central.part.ts";
import type { RemoteSampling } from "../central/remote-sampling.ts";
import { isForRoutes } from "../sampling/compile-rules.part.ts";
import { LiveSampling } from "../sampling/live-sampling.ts";
import { createTickets } from "../sampling/tickets.part.ts";
import { decisionMetric, keptMetric } from "../sampling/sampling-metrics.ts";
import { createSpanPlugins, type SpanPlugins } from "../optional/span-plugins.part.ts";
import { EngineLogging } from "./telemetry-logging.ts";

/** The rooms of one process, wired to each other. */
export interface Rooms {
  /** Of the engine's own spans and metrics. */
  readonly scope: Scope;
  readonly resource: Resource;
  readonly random: RandomPool;
  readonly methods: MethodTable;
  readonly limits: LimitParts;
  readonly metrics: Metrics;
  readonly sampling: LiveSampling;
  /** Undefined where no endpoint says what to sample. */
  readonly remoteSampling: RemoteSampling | undefined;
  /** Undefined where no secret is known, or nothing is traced. */
  readonly tickets: Tickets | undefined;
  readonly exports: Exports;
  readonly plugins: SpanPlugins | undefined;
  /** Where spans go: the exports, behind what the user plugged in. */
  readonly sink: SpanSink;
  /** Told of spans as they begin; undefined when nobody listens. */
  readonly starts: SpanStarts | undefined;
  readonly tracing: Tracing;
  /** What every propagator is made with. */
  readonly propagation: PropagationParts;
  readonly propagator: TextMapPropagator;
  readonly errorTypeOf: ErrorTypeOf;
  readonly requestLog: RequestLog;
  /** What telemetry costs, and how it is held back. */
  readonly governing: Governing;
  readonly logging: EngineLogging;
  readonly records: EngineRecords;
  /** Spans that were lost on purpose before they were written, by reason. */
  readonly spanDrops: Tally;
  /** What went wrong inside the engine, by place. */
  readonly faults: Tally;
}

export interface RoomsParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly diagnostics: Diagnostics;
  readonly faults: Tally;
  /** The context that is active; undefined for none. */
  readonly activeContext: () => Context | undefined;
}

const scope: Scope = { name: ownScopeName, version, schemaUrl };
const maxLiveSpans = 20_000;
/** Of the memory for telemetry, what finished spans may take that wait for the end of their job or request. */
const heldShare = 1 / 4;

/** Makes every room from its settings, lowest first. Throws an `OptionError` for what cannot be. */
export function createRooms({ settings, resource, diagnostics, faults, activeContext }: RoomsParts): Rooms {
  const { clock } = settings;
  const spanDrops = new Tally();
  const limits = createLimits(settings);
  const methods = new MethodTable(settings.knownMethods);
  const random = new RandomPool(settings.random);
  const chance = (): number => (random.take() >>> 0) / 2 ** 32;
  const governing = new Governing(settings);
  const metrics = metricsOf(settings, {
    resource,
    scope,
    clock,
    methods: methods.names,
    limits: limits.metrics,
    diagnostics,
    // The reader of StatsD is the first of deltas.
    timed: (run) => governing.timed("metrics", run),
    samples: settings.statsd === undefined ? undefined : { slot: 0, random: chance },
    findSpan: findExemplarSpan(activeContext),
  });
  const durations = new ExportDurations();
  const held = new HeldSpans(settings.maxMemoryBytes * heldShare);
  const tickets = ticketsOf(settings, random, methods.names);
  const sampling = new LiveSampling({ settings, methods: methods.names, faults, tickets });
  const remoteSampling =
    settings.remoteSampling === undefined || !settings.enabled || !settings.traces
      ? undefined
      : createRemoteSampling(settings.remoteSampling, {
          service: String(resource.attributes["service.name"]),
          sampling,
          isRequest: (operation) => isForRoutes(operation, methods.names),
          diagnostics,
          faults,
          now: () => clock.now(),
          random: chance,
        });
  const exports = createExports({
    settings,
    resource,
    metrics,
    chance,
    timed: governing.timed,
    diagnostics,
    spanDrops,
    heldBytes: () => held.bytes,
    logBytes: () => records.ownBytes,
    gzipLevel: () => governing.tuning.gzipLevel ?? settings.otlp.gzipLevel,
    tried({ exporter, failure, durationMs }) {
      durations.tried(exporter, failure, durationMs / 1000);
      governing.tuning.exported(durationMs);
    },
  });
  const records = new EngineRecords({
    settings,
    limits: limits.limits,
    active: activeContext,
    open: exports.openLogs,
    timed: governing.often("logs"),
    faults,
  });
  const plugins = hasPlugins(settings)
    ? createSpanPlugins({
        settings,
        resource,
        diagnostics,
        next: exports.sink,
        spanDrops,
        faults,
        timed: governing.timed,
        often: (part) => governing.often(part),
      })
    : undefined;
  const sink = plugins?.fanOut ?? exports.sink;
  const starts = plugins?.fanOut;
  const tracing = new Tracing({
    clock,
    random,
    limits: limits.limits,
    maxSpansPerRequest: settings.maxSpansPerRequest,
    maxSpanAgeMs: settings.maxSpanAgeMs,
    maxLiveSpans,
    held,
    spanLimit: sampling.spanLimit,
    sink,
    starts,
    decide: (facts) => sampling.decide(facts),
    tiers: sampling.tiers,
    drops: spanDrops,
    faults,
    diagnostics,
  });
  const ticketHeader = tickets === undefined ? undefined : settings.tickets.header;
  const propagation = { random, drops: spanDrops, faults, baggage: limits.baggage, ticketHeader };
  const propagator = createPropagator(settings.propagators, propagation);
  const requestLog = new RequestLog(settings.requestLine, faults, governing.often("logs"));
  const rooms: Rooms = {
    scope,
    resource,
    random,
    methods,
    limits,
    metrics,
    sampling,
    remoteSampling,
    tickets,
    exports,
    plugins,
    sink,
    starts,
    tracing,
    propagation,
    propagator,
    errorTypeOf: createErrorTypeOf(settings.categorizeError, faults),
    requestLog,
    governing,
    logging: new EngineLogging({ level: settings.logLevel, resource, requestLog, faults, records }),
    records,
    spanDrops,
    faults,
  };
  registerOwnMetrics(rooms, durations, settings.maxMemoryBytes);
  return rooms;
}

function hasPlugins({ enabled, traces, spanProcessors, spanExporters }: Settings): boolean {
  return enabled && traces && spanProcessors.length + spanExporters.length > 0;
}

function metricsOf(
  settings: Settings,
  parts: Pick<
    MetricsSettings,
    "resource" | "scope" | "clock" | "methods" | "limits" | "diagnostics" | "samples" | "timed"
  > & {
    readonly findSpan: FindExemplarSpan;
  },
): Metrics {
  if (!settings.enabled || !settings.metrics) return noMetrics(parts);
  const { boundaries, statusAttribute, maxSeries, views, exemplars } = settings;
  return createMetrics({
    ...parts,
    boundaries,
    statusAttribute,
    maxSeries,
    views,
    exemplars: exemplars === "none" ? undefined : { filter: exemplars, find: parts.findSpan },
  });
}

function ticketsOf(
  { enabled, traces, tickets: { secret, maxChecksPerSecond }, clock }: Settings,
  random: RandomPool,
  methods: readonly string[],
): Tickets | undefined {
  if (!enabled || !traces || secret === undefined) return undefined;
  const secrets = typeof secret === "string" ? [secret] : secret;
  return createTickets({ secrets, maxChecksPerSecond, clock, random, methods });
}

/** The metrics of the engine itself, read from the accounts of its rooms. */
function registerOwnMetrics(
  { metrics, sampling, tracing, spanDrops, exports, records }: Rooms,
  durations: ExportDurations,
  maxMemoryBytes: number,
): void {
  const health = (): HealthReading => ({
    spansStarted: tracing.started + sampling.counts.sampled() - tracing.startedRoots,
    spansKept: sampling.keep.kept.total,
    spansLive: tracing.live.size,
    spanDrops: spanDrops.snapshot(),
    maxMemoryBytes,
    export: exports.traces?.status(),
    logs: { ...records.status(), export: records.exportStatus() },
  });
  metrics.register(durations);
  metrics.registerObserved(decisionMetric(sampling.counts));
  metrics.registerObserved(keptMetric(sampling.keep));
  for (const metric of sdkMetrics(health)) metrics.registerObserved(metric);
}
