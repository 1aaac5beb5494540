import { memoryUsage } from "node:process";
import type {
  EndedRequest,
  EngineWatch,
  ReadableLogRecord,
  ReadableSpan,
  RequestDurations,
  TelemetryEngine,
  TelemetryStatus,
  WatchedLines,
} from "@gossamer/core";
import type { AccountView, DryRunView, PageState, PipelineView, ProcessView, Snapshot } from "../protocol.ts";
import { readAlready } from "../rings/log-ring.ts";
import { type RouteCounts, routeKey, statusNames } from "../rings/route-table.ts";
import { cutText } from "./cut-text.ts";
import type { StoredSpan } from "../traces/span-tree.ts";
import { EngineActions } from "./engine-actions.ts";
import type { NewRequest, PageData, PageSource } from "./page-data.ts";
import { recordLine } from "./record-line.ts";
import { maxLine, readLine, traceIdIn } from "./read-line.ts";
import { storedSpan } from "./stored-span.ts";

/** Of lines of `@gossamer/pino` that leave by OTLP. */
const pinoScope = "pino";

/** What the engine of this process tells. */
export class EngineSource implements PageSource {
  readonly kind = "engine";
  readonly service: PageState["service"];
  readonly actions: EngineActions;
  readonly #engine: TelemetryEngine;
  /** Paths below which the page itself lies in the app. */
  readonly #ownPaths: ReadonlySet<string>;
  #watch: EngineWatch | undefined;
  readonly #lines = new Map<WatchedLines, () => void>();
  #lastLine = "";
  readonly #noted = new Notes();

  constructor(engine: TelemetryEngine, ownPaths: ReadonlySet<string>) {
    const { name, version, environment } = engine.logging.service;
    this.#engine = engine;
    this.#ownPaths = ownPaths;
    this.service = {
      name,
      ...(version === undefined ? {} : { version }),
      ...(environment === undefined ? {} : { environment }),
    };
    this.actions = new EngineActions(engine, () => this.#watch);
  }

  start(data: PageData): () => void {
    this.#watch = this.#engine.watch({
      requestEnded: (request) => {
        if (request.traced === undefined && request.traceId !== undefined) data.traces.forgetDropped(request.traceId);
        if (!this.#isOwn(request.path)) data.addRequest(newRequest(request, this.service.name));
      },
      spanEnded: (read, traceId) => data.addSpanLater(() => this.#readSpan(read()), traceId),
      spanDropped: (traceId) => data.traces.addDropped(traceId),
    });
    this.actions.data = data;
    this.#noted.forget(this.#engine);
    this.#watchLines(data);
    const stopRecords = this.#engine.logging.watchRecords((record) => this.#takeRecord(data, record));
    return () => {
      stopRecords();
      this.#watch?.stop();
      this.#watch = undefined;
      for (const stop of this.#lines.values()) stop();
      this.#lines.clear();
    };
  }

  look(data: PageData): void {
    this.#watchLines(data);
    for (const [kind, text] of this.#noted.since(this.#engine)) {
      data.changed(kind, text, kind === "sampling" ? { rules: this.actions.rules() } : {});
    }
  }

  counts(): { boundsMs: readonly number[]; routes: readonly RouteCounts[] } {
    const durations = this.#watch?.durations();
    if (durations === undefined) return { boundsMs: [], routes: [] };
    return {
      boundsMs: durations.boundaries.map((seconds) => seconds * 1_000),
      routes: routeCounts(durations.points, this.service.name),
    };
  }

  services(): readonly string[] {
    return [this.service.name];
  }

  process(): ProcessView {
    const { heapUsed, rss } = memoryUsage();
    const { cpu, loop, memory } = this.#engine.overhead()?.sensors ?? {};
    return {
      ...(cpu === undefined ? {} : { cpu }),
      ...(loop === undefined ? {} : { loop }),
      ...(memory === undefined ? {} : { memory }),
      heapBytes: heapUsed,
      rssBytes: rss,
    };
  }

  pipeline(): PipelineView {
    const { settings: _, overhead: __, ...status } = this.#engine.status();
    return { status, accounts: accountsOf(status) };
  }

  overhead(): Snapshot["overhead"] {
    return this.#engine.overhead();
  }

  dryRunView(): DryRunView | undefined {
    return this.actions.dryRunView();
  }

  #readSpan(span: ReadableSpan): StoredSpan | undefined {
    if (span.kind === 1 && this.#isOwn(span.attributes["url.path"])) return undefined;
    this.actions.spans++;
    return storedSpan(span, this.service.name);
  }

  /** Where somebody else's span stands for a request, ours cannot leave it out. */
  #isOwn(path: unknown): boolean {
    if (this.#ownPaths.size === 0 || typeof path !== "string") return false;
    for (const own of this.#ownPaths) if (path === own || path.startsWith(`${own}/`)) return true;
    return false;
  }

  /** Loggers that were made meanwhile too. */
  #watchLines(data: PageData): void {
    for (const lines of this.#watch?.lines() ?? []) {
      if (!this.#lines.has(lines))
        this.#lines.set(
          lines,
          lines.watch((text) => this.#takeLine(data, lines, text)),
        );
    }
  }

  /** Of the logs API, and of loggers whose lines nobody sees as they are written. */
  #takeRecord(data: PageData, record: ReadableLogRecord): void {
    if (record.scope.name === pinoScope && this.#lines.size > 0) return;
    data.logs.add(readAlready(recordLine(record, this.service.name)));
  }

  #takeLine(data: PageData, { keys }: WatchedLines, line: string): void {
    const text = cutText(line, maxLine);
    // Two loggers that share a destination both see what either writes.
    if (text === this.#lastLine) return;
    this.#lastLine = text;
    const at = data.now();
    const traceId = traceIdIn(line, keys) ?? this.#engine.traceId();
    data.logs.add({ traceId, text, read: () => readLine(text, { keys, service: this.service.name, at, traceId }) });
  }
}

function newRequest(request: EndedRequest, service: string): NewRequest {
  const { endedAt, method, route, operation, path, statusCode, durationMs, aborted, errorType, traceId } = request;
  const { traced, reason, rule, ratio } = request;
  return {
    at: endedAt,
    service,
    method,
    route,
    operation,
    path,
    statusCode,
    durationMs,
    aborted,
    errorType,
    traceId,
    fate: traced ?? "none",
    reason,
    rule,
    ratio,
  };
}

/** One row a route × method, of the series that its requests have. */
function routeCounts(points: RequestDurations["points"], service: string): RouteCounts[] {
  const rows = new Map<string, RouteCounts & { buckets: number[]; byStatus: number[]; aborted: number }>();
  for (const { attributes, counts, count } of points) {
    const text = (name: string): string | undefined => {
      const value = attributes[name];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    const method = text("http.request.method") ?? "_OTHER";
    const route = attributes["otel.metric.overflow"] === true ? "(others)" : text("http.route");
    const named = text("graphql.operation.name") ?? text("rpc.method");
    const sort = text("graphql.operation.type");
    const operation =
      [sort, named ?? text("rpc.system.name")].filter((part) => part !== undefined).join(" ") || undefined;
    const key = routeKey(service, method, route, operation);
    const row = rows.get(key) ?? {
      key,
      service,
      method,
      route,
      operation,
      buckets: counts.map(() => 0),
      byStatus: statusNames.map(() => 0),
      aborted: 0,
    };
    rows.set(key, row);
    counts.forEach((more, i) => (row.buckets[i] = (row.buckets[i] ?? 0) + more));
    const status = statusNames.findIndex((name) => name === statusGroup(attributes));
    row.byStatus[status] = (row.byStatus[status] ?? 0) + count;
    if (attributes["error.type"] === "aborted") row.aborted += count;
  }
  return [...rows.values()];
}

function statusGroup(attributes: Readonly<Record<string, unknown>>): string {
  const group = attributes["http.response.status_group"];
  if (typeof group === "string") return group;
  const code = Number(attributes["http.response.status_code"]);
  return code >= 100 && code < 600 ? `${Math.trunc(code / 100)}xx` : "none";
}

function accountsOf({
  traceExport,
  logExport,
  metricExport,
}: Omit<TelemetryStatus, "settings" | "overhead">): AccountView[] {
  const accounts: AccountView[] = [];
  for (const [signal, account] of [
    ["traces", traceExport],
    ["logs", logExport],
    ["metrics", metricExport],
  ] as const) {
    if (account === undefined || !("accepted" in account)) continue;
    const { accepted, exported, queued, inFlight, spooled, dropped, uncertain } = account;
    const isBalanced = accepted === exported + queued + inFlight + spooled + dropped + uncertain;
    accounts.push({ signal, accepted, exported, queued, inFlight, spooled, dropped, uncertain, isBalanced });
  }
  return accounts;
}

type Noted = readonly [kind: "sampling" | "governor" | "optimizer" | "breaker", text: string];

/** What was noticed of the engine so far, to tell what has changed since. */
class Notes {
  #revision = 0;
  #governedAt = 0;
  #tunedAt = 0;
  #breakers = new Map<string, string>();

  forget(engine: TelemetryEngine): void {
    for (const _ of this.since(engine));
  }

  *since(engine: TelemetryEngine): Generator<Noted> {
    const { revision, changedBy } = engine.sampling.current();
    if (revision !== this.#revision) {
      this.#revision = revision;
      yield [
        "sampling",
        `sampling was changed by ${changedBy === "page" ? "the page" : changedBy}: change ${revision}`,
      ];
    }
    const { changes = [], optimizer } = engine.overhead() ?? {};
    for (const { at, from, to, cause } of changes.filter((change) => change.at > this.#governedAt)) {
      this.#governedAt = at;
      yield ["governor", `${from.step} → ${to.step}, for ${cause}`];
    }
    for (const { at, rule, reason } of (optimizer?.changes ?? []).filter((change) => change.at > this.#tunedAt)) {
      this.#tunedAt = at;
      yield ["optimizer", `${rule}: ${reason}`];
    }
    const { traceExport, logExport } = engine.status();
    for (const [signal, account] of [
      ["traces", traceExport],
      ["logs", logExport],
    ] as const) {
      for (const [i, { name, breaker }] of (account?.exporters ?? []).entries()) {
        const key = `${signal} ${i}`;
        const before = this.#breakers.get(key);
        this.#breakers.set(key, breaker);
        if (before !== undefined && before !== breaker) yield ["breaker", `${signal}, ${name}: ${before} → ${breaker}`];
      }
    }
  }
}
