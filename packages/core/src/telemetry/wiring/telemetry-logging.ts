import { INVALID_TRACEID, type Span, type SpanContext } from "@opentelemetry/api";
import type { LogRecordSink } from "../../logging/log-line.ts";
import type { ReadableLogRecord } from "../../logging/readable-record.ts";
import type { RequestLineSink } from "../../logging/request-line.ts";
import type { RequestLog } from "../../logging/request-log.ts";
import type { WatchedLines } from "../../logging/watched-lines.ts";
import { spanIdText, traceIdText } from "../../model/ids.ts";
import type { LogLevel } from "../../model/choices.ts";
import type { Resource } from "../../model/resource.ts";
import { checkCallable } from "../../model/checks/check-callable.ts";
import { Tally } from "../../tally/tally.ts";
import { TracedSpan } from "../../tracing/span/trace-root.ts";
import type { EngineRecords, LogRecordStatus } from "./engine-records.ts";

/** Whom a logger's lines are of. */
export interface LoggedService {
  readonly name: string;
  readonly version: string | undefined;
  readonly environment: string | undefined;
}

/** A span on a log line. */
export interface SpanIdentity {
  readonly traceId: string;
  readonly spanId: string;
  /** W3C trace flags. Once they are known they stay. */
  readonly traceFlags: number | undefined;
}

/** What a logger does when the process is about to end. Neither may take longer than it is given. */
export interface LogDestination {
  /** Absent where nobody can look on. */
  readonly lines?: WatchedLines | undefined;
  /** Writes out what waits. The destination is used on. */
  flush(deadlineMs: number): Promise<unknown>;
  /** Writes out what waits; nothing comes after it. Called only where the engine itself ends the process, on a signal. */
  close(deadlineMs: number): Promise<unknown>;
  /** Writes out what it can before it returns: for a process that ends inside of the call. */
  leave?(): void;
}

/**
 * What a logger and the engine have of each other. `@gossamer/pino` is made of it; another logger can be too. What is handed over to be called later
 * is checked first: an `OptionError`, and nothing is kept of what is none.
 */
export interface TelemetryLogging {
  /** What loggers let through, unless they are told otherwise. */
  readonly level: LogLevel;
  readonly service: LoggedService;
  /**
   * The ids and flags of a span, for a log line; undefined for a span that is none. Ids decide nothing. The flags do, so they are left out while
   * that would be before the route of a request is known whose sampling looks at routes, unless `flags` is `always`.
   */
  identify(span: Span, flags?: "known" | "always" | "never"): SpanIdentity | undefined;
  /** Calls once there is an engine, at once where there is one: for a logger that may be made before. Answers what stops the waiting. */
  started(act: (logging: TelemetryLogging) => void): () => void;
  /** Hands a line of each request that is due one to the sink, from now on. Answers what stops it. */
  logRequests(sink: RequestLineSink): () => void;
  /** Has a destination flushed by `flush()` and `shutdown()`, and closed before the engine raises a signal again. Answers what stops it. */
  flushes(destination: LogDestination): () => void;
  /**
   * Where lines of a logger leave as log records by OTLP, under the name of its library: `records({ name, version })?.write(line)`. Undefined where
   * they go nowhere, and before there is an engine: ask again then. The first call makes the way out.
   */
  records(library: { readonly name: string; readonly version: string }): LogRecordSink | undefined;
  /** Hands every log record that leaves to the listener, also where none is exported. Answers what stops it. */
  watchRecords(listener: (record: ReadableLogRecord) => void): () => void;
  /** Counts, in `status().logs.drops`, a line that a logger lost on purpose, by reason. */
  dropped(reason: string): void;
  /** Counts, in `status().faults`, what went wrong in a logger, by place. */
  failed(place: string): void;
}

/** Asked at the call, also where there is no engine yet. */
export const checkHanded: Readonly<
  Record<"started" | "logRequests" | "flushes" | "watchRecords", (handed: unknown) => void>
> = {
  started: (act: unknown) => checkCallable(act, "logging.started"),
  logRequests: (sink: unknown) => checkCallable(sink, "logging.logRequests", "write"),
  flushes: (destination: unknown) => checkCallable(destination, "logging.flushes", "flush", "close"),
  watchRecords: (listener: unknown) => checkCallable(listener, "logging.watchRecords"),
};

/** What has become of log lines, as far as the engine knows of them. */
export interface LogStatus {
  /** Lines of requests that were handed to loggers. */
  readonly requestLines: number;
  /** Lines that were lost on purpose, by reason. */
  readonly drops: Readonly<Record<string, number>>;
  /** Of those that leave by OTLP. */
  readonly records: LogRecordStatus;
}

export interface EngineLoggingParts {
  readonly level: LogLevel;
  readonly resource: Resource;
  readonly requestLog: RequestLog;
  readonly faults: Tally;
  readonly records: EngineRecords;
}

/** The loggers of a process, as its engine knows them. */
export class EngineLogging implements TelemetryLogging {
  readonly level: LogLevel;
  readonly service: LoggedService;
  readonly #parts: EngineLoggingParts;
  readonly #drops = new Tally();
  readonly #destinations = new Set<LogDestination>();

  constructor(parts: EngineLoggingParts) {
    const { attributes } = parts.resource;
    this.#parts = parts;
    this.level = parts.level;
    this.service = {
      name: String(attributes["service.name"] ?? "unknown_service:node"),
      version: textOf(attributes["service.version"]),
      environment: textOf(attributes["deployment.environment.name"]),
    };
  }

  identify(span: Span, flags: "known" | "always" | "never" = "known"): SpanIdentity | undefined {
    if (!(span instanceof TracedSpan)) return this.#identifyOther(span, flags);
    const { trace, s0, s1 } = span;
    const isRead = flags === "always" || (flags === "known" && !trace.decisionPending);
    // Not by the span's context: making one costs more than the line.
    return {
      traceId: traceIdText(trace),
      spanId: spanIdText(s0, s1),
      traceFlags: isRead ? trace.flags : undefined,
    };
  }

  #identifyOther(span: Span, flags: "known" | "always" | "never"): SpanIdentity | undefined {
    try {
      return identityOf(span.spanContext(), flags);
    } catch {
      this.failed("context");
      return undefined;
    }
  }

  started(act: (logging: TelemetryLogging) => void): () => void {
    checkHanded.started(act);
    act(this);
    return () => {};
  }

  logRequests(sink: RequestLineSink): () => void {
    checkHanded.logRequests(sink);
    return this.#parts.requestLog.add(sink);
  }

  flushes(destination: LogDestination): () => void {
    checkHanded.flushes(destination);
    this.#destinations.add(destination);
    return () => void this.#destinations.delete(destination);
  }

  records(library: { readonly name: string; readonly version: string }): LogRecordSink | undefined {
    return this.#parts.records.sink(library);
  }

  watchRecords(listener: (record: ReadableLogRecord) => void): () => void {
    checkHanded.watchRecords(listener);
    return this.#parts.records.watch(listener);
  }

  dropped(reason: string): void {
    this.#drops.add(reason);
  }

  failed(place: string): void {
    this.#parts.faults.add(place);
  }

  status(): LogStatus {
    const { records } = this.#parts;
    return { requestLines: this.#parts.requestLog.lines, drops: this.#drops.snapshot(), records: records.status() };
  }

  /** Whether a logger takes lines of requests now. */
  get logsRequests(): boolean {
    return this.#parts.requestLog.active;
  }

  /** Of the loggers there are now. */
  get lines(): readonly WatchedLines[] {
    return [...this.#destinations].flatMap(({ lines }) => lines ?? []);
  }

  /** Whether all of them were flushed in time. Never rejects. */
  flush(deadlineMs: number): Promise<boolean> {
    return this.#each((destination) => destination.flush(deadlineMs), deadlineMs);
  }

  /** For the end of the process: nothing is logged after it. Never rejects. */
  close(deadlineMs: number): Promise<boolean> {
    return this.#each((destination) => destination.close(deadlineMs), deadlineMs);
  }

  /** For a process that ends inside of this call. Never throws. */
  leave(): void {
    for (const destination of this.#destinations) {
      try {
        destination.leave?.();
      } catch {
        this.failed("log-destination");
      }
    }
  }

  async #each(act: (destination: LogDestination) => Promise<unknown>, deadlineMs: number): Promise<boolean> {
    if (this.#destinations.size === 0) return true;
    const acts = [...this.#destinations].map(async (destination) => {
      try {
        return (await act(destination)) !== false;
      } catch {
        this.failed("log-destination");
        return false;
      }
    });
    let timer: NodeJS.Timeout | undefined;
    // Not unreferenced: it is what keeps the process until the lines are written, or the time is up.
    const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, deadlineMs, false)));
    const done = await Promise.race([Promise.all(acts).then((all) => all.every(Boolean)), late]);
    clearTimeout(timer);
    return done;
  }
}

function identityOf(given: SpanContext, flags: "known" | "always" | "never"): SpanIdentity | undefined {
  const { traceId, spanId } = given;
  if (typeof traceId !== "string" || typeof spanId !== "string" || traceId === INVALID_TRACEID) return undefined;
  return { traceId, spanId, traceFlags: flags === "never" ? undefined : given.traceFlags };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
