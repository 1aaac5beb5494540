import type { RingView, TraceSummary } from "../protocol.ts";
import { findingsOf } from "../traces/findings.ts";
import { spanTree, type StoredSpan } from "../traces/span-tree.ts";

export interface TraceStoreBounds {
  readonly maxTraces: number;
  readonly maxBytes: number;
  /** Of one trace. */
  readonly maxSpans: number;
}

/** A trace as far as it is here. */
export interface StoredTrace {
  readonly traceId: string;
  readonly spans: StoredSpan[];
  /** Of its spans: one that comes again is one. */
  readonly ids: Set<string>;
  bytes: number;
  errors: number;
  /** Spans that the service dropped. */
  dropped: number;
  /** Spans that did not fit here. */
  left: number;
  /** Counts the changes of all traces: which changed last. */
  revision: number;
  /** Made when somebody asks, and good until a span comes. */
  summary: TraceSummary | undefined;
}

/** Between two looks. */
const maxUnread = 2_000;
/** Traces of which no span is here yet, and of which spans are already known to be missing. */
const maxMissing = 1_000;

type Missing = Pick<StoredTrace, "dropped" | "left">;

/** Of what is kept, at least that share is for traces without errors: else the newest of them would never be seen while many fail. */
const plainShare = 1 / 5;

/** The newest traces, bounded in number and bytes. Those with an error go last. */
export class TraceStore {
  readonly #bounds: TraceStoreBounds;
  /** By id, the oldest first. */
  readonly #plain = new Map<string, StoredTrace>();
  readonly #failed = new Map<string, StoredTrace>();
  /** By id, the oldest first. */
  readonly #missing = new Map<string, Missing>();
  #unread: (() => StoredSpan | undefined)[] = [];
  #skipped = 0;
  #bytes = 0;
  #dropped = 0;
  #revision = 0;

  constructor(bounds: TraceStoreBounds) {
    this.#bounds = bounds;
  }

  get revision(): number {
    return this.#revision;
  }

  /**
   * Takes a span that is read at the next look, so that who ends it does not wait for that. Answers undefined for one that is not kept.
   *
   * @param traceIdOf asked where there is no room to read it
   */
  addLater(read: () => StoredSpan | undefined, traceIdOf: () => string): void {
    if (this.#unread.length < maxUnread) return void this.#unread.push(read);
    this.#skipped++;
    this.#miss(traceIdOf(), "left");
  }

  /** A span that the service dropped: its trace, which may not be here yet, has a hole. */
  addDropped(traceId: string): void {
    this.#miss(traceId, "dropped");
  }

  /** Of a request that has no trace nothing is missing. */
  forgetDropped(traceId: string): void {
    this.#missing.delete(traceId);
  }

  #miss(traceId: string, what: keyof Missing): void {
    const trace = this.get(traceId);
    if (trace !== undefined) {
      trace[what]++;
      this.#changed(trace);
      return;
    }
    const missing = this.#missing.get(traceId) ?? { dropped: 0, left: 0 };
    missing[what]++;
    this.#missing.set(traceId, missing);
    if (this.#missing.size <= maxMissing) return;
    const [oldest = ""] = this.#missing.keys();
    this.#missing.delete(oldest);
  }

  #changed(trace: StoredTrace): void {
    trace.revision = ++this.#revision;
    trace.summary = undefined;
  }

  /** Spans that came faster than anybody looks, and were let go. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Reads what has come since the last look. */
  catchUp(): void {
    const unread = this.#unread;
    if (unread.length === 0) return;
    this.#unread = [];
    for (const read of unread) {
      const span = read();
      if (span !== undefined) this.add(span);
    }
  }

  add(span: StoredSpan): void {
    const { maxSpans, maxBytes } = this.#bounds;
    const known = this.get(span.traceId);
    // Sent again as its answer was lost, or told by two that see it.
    if (known?.ids.has(span.spanId) === true) return;
    // One trace is not to push out all others.
    if ((known?.spans.length ?? 0) >= maxSpans || (known?.bytes ?? 0) + span.bytes > maxBytes / 4) {
      if (known === undefined) this.#dropped++;
      else {
        known.left++;
        this.#changed(known);
      }
      return;
    }
    const trace = known ?? this.#begin(span.traceId);
    trace.spans.push(span);
    trace.ids.add(span.spanId);
    trace.bytes += span.bytes;
    this.#bytes += span.bytes;
    this.#changed(trace);
    if (span.status === "error" && trace.errors++ === 0) {
      this.#plain.delete(trace.traceId);
      this.#failed.set(trace.traceId, trace);
    }
    this.#makeRoom();
  }

  get(traceId: string): StoredTrace | undefined {
    return this.#plain.get(traceId) ?? this.#failed.get(traceId);
  }

  /** Newest first. */
  summaries(logsOf: (traceId: string) => number): TraceSummary[] {
    return this.#all()
      .toSorted((a, b) => b.revision - a.revision)
      .map((trace) => summaryOf(trace, logsOf));
  }

  /** Those that changed behind a revision, the newest first. */
  changedAfter(revision: number): StoredTrace[] {
    return this.#all()
      .filter((trace) => trace.revision > revision)
      .toSorted((a, b) => b.revision - a.revision);
  }

  clear(): void {
    this.#unread = [];
    this.#missing.clear();
    this.#plain.clear();
    this.#failed.clear();
    this.#bytes = 0;
  }

  view(): RingView {
    const { maxTraces, maxBytes } = this.#bounds;
    return { count: this.#count, max: maxTraces, bytes: this.#bytes, maxBytes, dropped: this.#dropped };
  }

  get #count(): number {
    return this.#plain.size + this.#failed.size;
  }

  #all(): StoredTrace[] {
    return [...this.#plain.values(), ...this.#failed.values()];
  }

  #begin(traceId: string): StoredTrace {
    const trace: StoredTrace = {
      traceId,
      spans: [],
      ids: new Set(),
      bytes: 0,
      errors: 0,
      dropped: 0,
      left: 0,
      ...this.#missing.get(traceId),
      revision: 0,
      summary: undefined,
    };
    this.#missing.delete(traceId);
    this.#plain.set(traceId, trace);
    return trace;
  }

  #makeRoom(): void {
    const { maxTraces, maxBytes } = this.#bounds;
    while (this.#count > maxTraces || this.#bytes > maxBytes) {
      const isPlainSpared = this.#plain.size <= Math.max(1, maxTraces * plainShare);
      const among =
        isPlainSpared && this.#failed.size > 1 ? this.#failed : this.#plain.size > 0 ? this.#plain : this.#failed;
      const [oldest] = among.values();
      if (oldest === undefined) return;
      among.delete(oldest.traceId);
      this.#bytes -= oldest.bytes;
      this.#dropped++;
    }
  }
}

/** What is said of a trace in a list. */
export function summaryOf(trace: StoredTrace, logsOf: (traceId: string) => number): TraceSummary {
  const logs = logsOf(trace.traceId);
  if (trace.summary === undefined || trace.summary.logs !== logs)
    trace.summary = { ...(trace.summary ?? summarised(trace)), logs };
  return trace.summary;
}

function summarised({ traceId, spans, errors, dropped }: StoredTrace): TraceSummary {
  const views = spanTree(spans);
  const [first] = views;
  const root = views.find(({ parentSpanId }) => parentSpanId === undefined);
  const shown = root ?? first;
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const text = (name: string): string | undefined => {
    const value = shown?.attributes[name];
    return typeof value === "string" ? value : undefined;
  };
  const status = shown?.attributes["http.response.status_code"];
  const [method, route, reason] = [text("http.request.method"), text("http.route"), text("sampling.reason")];
  return {
    traceId,
    startMs,
    durationMs: endMs - startMs,
    name: shown?.name ?? "",
    services: [...new Set(views.map(({ service }) => service))],
    ...(method === undefined ? {} : { method }),
    ...(route === undefined ? {} : { route }),
    ...(typeof status === "number" ? { statusCode: status } : {}),
    spans: spans.length,
    dropped,
    errors,
    ...(reason === undefined ? {} : { reason }),
    findings: findingsOf(views).length,
    logs: 0,
    hasRoot: root !== undefined,
  };
}
