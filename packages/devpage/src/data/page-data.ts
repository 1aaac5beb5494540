import type {
  ChangeEntry,
  CheckView,
  DryRunView,
  Explained,
  ExplainQuery,
  GovernorDraft,
  LogLevelDraft,
  LogLevelView,
  PageState,
  PipelineView,
  ProcessView,
  ReceivedView,
  RequestEntry,
  RulesView,
  SamplingDraft,
  Snapshot,
  TraceDetail,
  TraceSummary,
} from "../protocol.ts";
import { LogRing } from "../rings/log-ring.ts";
import { Ring } from "../rings/ring.ts";
import { type RouteCounts, routeKey, RouteTable } from "../rings/route-table.ts";
import { type StoredTrace, summaryOf, TraceStore } from "../rings/trace-store.ts";
import { EventClients } from "../server/event-clients.ts";
import { findingsOf } from "../traces/findings.ts";
import { type StoredSpan, spanTree } from "../traces/span-tree.ts";

/** A request before it has a place in the ring. */
export type NewRequest = Omit<RequestEntry, "id">;

/** What only a page with an engine can be asked. What is wrong is an `OptionError` of core's, what is not possible just now an `ImpossibleError`. */
export interface PageActions {
  rules(): RulesView;
  validate(draft: SamplingDraft): RulesView;
  apply(draft: SamplingDraft): RulesView;
  /** Of other rules; of none it ends the one that runs. */
  dryRun(rules: NonNullable<SamplingDraft["rules"]>): RulesView;
  undo(): RulesView;
  governor(draft: GovernorDraft): void;
  setLogLevel(draft: LogLevelDraft): LogLevelView[];
  logLevels(): LogLevelView[];
  explain(query: ExplainQuery & { readonly headers: Readonly<Record<string, string>> }): Explained;
  check(): CheckView;
}

/** Where what the page shows comes from. */
export interface PageSource {
  readonly kind: PageState["source"];
  readonly service: PageState["service"];
  readonly otlpUrl?: string;
  /** Undefined without an engine. */
  readonly actions?: PageActions;
  /** Begins to tell the data what happens, and answers what ends it. */
  start(data: PageData): () => void;
  /** The counts of all requests now, and the bounds of their buckets in ms. */
  counts(): { readonly boundsMs: readonly number[]; readonly routes: readonly RouteCounts[] };
  /** Called once a second before a snapshot is made. */
  look?(data: PageData): void;
  services(): readonly string[];
  process?(): ProcessView;
  /** Of a receiver alone. */
  readonly received?: (() => ReceivedView) | undefined;
  pipeline?(): PipelineView | undefined;
  overhead?(): Snapshot["overhead"];
  dryRunView?(): DryRunView | undefined;
}

export interface PageDataParts {
  readonly source: PageSource;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** How long the taps stay open when nobody listens any more. @default 60000 */
  readonly graceMs?: number;
}

const requestBounds = { max: 2_000, maxBytes: 8 * 1024 * 1024 };
const traceBounds = { maxTraces: 500, maxBytes: 8 * 1024 * 1024, maxSpans: 2_000 };
const logBounds = { max: 5_000, maxBytes: 4 * 1024 * 1024 };
const changeBounds = { max: 200, maxBytes: 1024 * 1024 };
const clientBounds = { maxClients: 5, maxBytes: 1_000_000 };
const tickMs = 250;
const ticksASecond = 1_000 / tickMs;
/** At most 200 a second. */
const maxEntries = 50;

/** What the page shows, and those who look at it. It listens only while somebody does, and for a while behind. */
export class PageData {
  readonly source: PageSource;
  readonly clients: EventClients;
  readonly requests: Ring<NewRequest> = new Ring(requestBounds);
  readonly traces: TraceStore = new TraceStore(traceBounds);
  readonly logs: LogRing = new LogRing(logBounds);
  readonly changes: Ring<Omit<ChangeEntry, "id">> = new Ring(changeBounds);
  readonly routes: RouteTable = new RouteTable();
  readonly now: () => number;
  readonly #graceMs: number;
  #close: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastAskedAt = 0;
  #ticks = 0;
  #sentRequests = 0;
  #seenRequests = 0;
  #sentLogs = 0;
  #sentTraces = 0;

  constructor({ source, now = () => Date.now(), graceMs = 60_000 }: PageDataParts) {
    this.source = source;
    this.now = now;
    this.#graceMs = graceMs;
    this.clients = new EventClients(clientBounds, () => this.touch());
  }

  get isOpen(): boolean {
    return this.#close !== undefined;
  }

  /** Somebody asks: from now on all is heard, until nobody has asked for a while. */
  touch(): void {
    this.#lastAskedAt = this.now();
    this.traces.catchUp();
    if (this.#close !== undefined) return;
    this.#close = this.source.start(this);
    this.#sentRequests = this.#seenRequests = this.requests.lastId;
    this.#sentLogs = this.logs.lastId;
    this.#sentTraces = this.traces.revision;
    this.look();
    this.#timer = setInterval(() => this.tick(), tickMs);
    this.#timer.unref();
  }

  /** Stops listening and forgets all, so that nothing is held for nobody. */
  close(): void {
    clearInterval(this.#timer);
    this.#close?.();
    this.#close = undefined;
    for (const kept of [this.requests, this.traces, this.logs, this.routes]) kept.clear();
  }

  /** Tells those who listen what is new. Called every 250 ms while somebody does. */
  tick(): void {
    if (this.clients.count > 0) this.#lastAskedAt = this.now();
    else if (this.now() - this.#lastAskedAt >= this.#graceMs) return this.close();
    this.traces.catchUp();
    this.#seeRequests();
    this.#sendRequests();
    this.#sendLogs();
    this.#sendTraces();
    if (++this.#ticks % ticksASecond !== 0) return;
    this.look();
    if (this.clients.count > 0) this.clients.send("snapshot", this.snapshot());
  }

  /** Counts anew. */
  look(): void {
    const { boundsMs, routes } = this.source.counts();
    this.routes.look(this.now(), boundsMs, routes);
    this.source.look?.(this);
  }

  changed(kind: ChangeEntry["kind"], text: string, more: { rules?: RulesView; logLevels?: LogLevelView[] } = {}): void {
    const entry = { at: this.now(), kind, text };
    const id = this.changes.add(entry, 100 + text.length * 2);
    this.clients.send("change", { id, ...entry, ...more });
  }

  state(): Omit<PageState, "token" | "readOnly"> {
    const { kind, service, otlpUrl, actions } = this.source;
    return {
      source: kind,
      service,
      ...(otlpUrl === undefined ? {} : { otlpUrl }),
      process: {
        pid: process.pid,
        node: process.version,
        startedAt: Math.round(this.now() - process.uptime() * 1_000),
      },
      snapshot: this.snapshot(),
      requests: this.requests.after(0).map(({ id, item }) => ({ id, ...item })),
      changes: this.changes.after(0).map(({ id, item }) => ({ id, ...item })),
      ...(actions === undefined ? {} : { rules: actions.rules() }),
      logLevels: actions?.logLevels() ?? [],
    };
  }

  snapshot(): Snapshot {
    const at = this.now();
    const { source } = this;
    const [pipeline, overhead, dryRun] = [source.pipeline?.(), source.overhead?.(), source.dryRunView?.()];
    return {
      at,
      routes: this.routes.rows(at),
      heat: this.routes.newest(at),
      services: source.services(),
      rings: {
        requests: this.requests.view(),
        traces: this.traces.view(),
        logs: this.logs.view(),
        skippedSpans: this.traces.skipped,
        clients: this.clients.view(),
        droppedEvents: this.clients.droppedBytes,
      },
      ...(source.process === undefined ? {} : { process: source.process() }),
      ...(source.received === undefined ? {} : { received: source.received() }),
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(overhead === undefined ? {} : { overhead }),
      ...(dryRun === undefined ? {} : { dryRun }),
    };
  }

  traceList(): TraceSummary[] {
    return this.traces.summaries(this.#logCounts());
  }

  trace(traceId: string): TraceDetail | undefined {
    const trace = this.traces.get(traceId);
    if (trace === undefined) return undefined;
    const spans = spanTree(trace.spans);
    const logs = this.logs.ofTrace(traceId);
    return {
      summary: summaryOf(trace, () => logs.length),
      spans,
      findings: findingsOf(spans),
      logs,
      left: trace.left,
    };
  }

  addRequest(request: NewRequest): void {
    const { service, method, route, operation, path, errorType, reason, rule } = request;
    const letters =
      service.length + method.length + reason.length + lengthOf(route) + lengthOf(path) + lengthOf(operation);
    this.requests.add(request, 300 + (letters + lengthOf(errorType) + lengthOf(rule)) * 2);
  }

  addSpan(span: StoredSpan): void {
    this.traces.add(span);
  }

  /** One that is read at the next look. */
  addSpanLater(read: () => StoredSpan | undefined, traceIdOf: () => string): void {
    this.traces.addLater(read, traceIdOf);
  }

  /** What counts cannot tell, of requests that ended since: done here, so that a request does not wait for it. */
  #seeRequests(): void {
    const nowMs = this.now();
    for (const { item } of this.requests.after(this.#seenRequests)) {
      const { service, method, route, operation, fate, durationMs, traceId } = item;
      const isTraced = fate !== "none";
      this.routes.see(nowMs, {
        key: routeKey(service, method, route, operation),
        isTraced,
        spans: isTraced && traceId !== undefined ? (this.traces.get(traceId)?.spans.length ?? 0) : 0,
        durationMs,
        traceId,
      });
    }
    this.#seenRequests = this.requests.lastId;
  }

  #sendRequests(): void {
    const count = this.requests.lastId - this.#sentRequests;
    if (count === 0) return;
    const entries = this.requests.after(this.#sentRequests, maxEntries).map(({ id, item }) => ({ id, ...item }));
    this.#sentRequests = this.requests.lastId;
    this.clients.send("requests", { entries, left: count - entries.length });
  }

  #sendLogs(): void {
    const count = this.logs.lastId - this.#sentLogs;
    if (count === 0) return;
    if (this.clients.count > 0) {
      const entries = this.logs.after(this.#sentLogs, maxEntries);
      this.clients.send("logs", { entries, left: count - entries.length });
    }
    this.#sentLogs = this.logs.lastId;
  }

  #sendTraces(): void {
    if (this.traces.revision === this.#sentTraces) return;
    if (this.clients.count > 0) {
      const changed: StoredTrace[] = this.traces.changedAfter(this.#sentTraces);
      const logsOf = this.#logCounts();
      const entries = changed.slice(0, maxEntries).map((trace) => summaryOf(trace, logsOf));
      this.clients.send("traces", { entries, left: changed.length - entries.length });
    }
    this.#sentTraces = this.traces.revision;
  }

  #logCounts(): (traceId: string) => number {
    const counts = this.logs.counts();
    return (traceId) => counts.get(traceId) ?? 0;
  }
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : text.length;
}
