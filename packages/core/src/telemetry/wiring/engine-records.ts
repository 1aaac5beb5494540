import { type Context, INVALID_TRACEID, type Span } from "@opentelemetry/api";
import type { TimedOften } from "../../governor/cost-meter.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { LogRecordSink } from "../../logging/log-line.ts";
import type { ActiveSpan, LogRecords } from "../../logging/log-records.ts";
import type { ApiLogger, ApiLoggerProvider } from "../../logging/logger-provider.ts";
import { type ReadableLogRecord, readableRecord } from "../../logging/readable-record.ts";
import type { Scope } from "../../model/scope.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { ExportStatus } from "../../pipeline/export-status.ts";
import type { Remains } from "../../pipeline/ending/leave-now.ts";
import { startTimer } from "../../pipeline/time/timers.ts";
import { Tally } from "../../tally/tally.ts";
import { spanKey } from "../../tracing/context/context-keys.ts";
import { monotonicTime } from "../../tracing/span/time-input.ts";
import { TracedSpan } from "../../tracing/span/trace-root.ts";
import { createLoggerProvider, createLogRecords, type LogExport } from "./log-records.part.ts";

export interface EngineRecordsParts {
  readonly settings: Settings;
  readonly limits: LimitSettings;
  /** The context that is active; undefined for none. */
  readonly active: () => Context | undefined;
  /** Makes the way out; undefined where records are not exported. */
  readonly open: ((parts: { readonly drops: Tally; readonly heldBytes: () => number }) => LogExport) | undefined;
  readonly timed: TimedOften;
  readonly faults: Tally;
}

/** What has become of log records, as far as the engine knows of them. */
export interface LogRecordStatus {
  /** Those that were written to leave. */
  readonly written: number;
  /** Those that stayed with their trace, which was neither sampled nor kept. */
  readonly unsampled: number;
  /** Those that wait for what becomes of their trace. */
  readonly held: number;
  /** Those that were lost on purpose before a lane saw them, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** The log records of a process and their way out, which is made for the first of them: a service that logs elsewhere has none of it. */
export class EngineRecords {
  /** Nothing here throws. */
  readonly loggerProvider: ApiLoggerProvider = {
    getLogger: (...args) => this.#attempt(() => this.#loggers().getLogger(...args)) ?? noLogger,
  };
  readonly #parts: EngineRecordsParts;
  readonly #drops = new Tally();
  readonly #listeners = new Set<(record: ReadableLogRecord) => void>();
  #provider: ApiLoggerProvider | undefined;
  #records: LogRecords | undefined;
  #export: LogExport | undefined;
  #isOver = false;
  #whenTaken: (() => void) | undefined;

  constructor(parts: EngineRecordsParts) {
    this.#parts = parts;
  }

  /** Calls once records go somewhere: now, where they are exported, else when somebody watches them. Answers what stops the waiting. */
  onceTaken(act: () => void): () => void {
    if (this.#parts.open !== undefined || this.#listeners.size > 0) act();
    else this.#whenTaken = act;
    return () => (this.#whenTaken = undefined);
  }

  /** Of what is on its way. */
  get ownBytes(): number {
    return (this.#export?.pipeline.ownBytes ?? 0) + (this.#records?.heldBytes ?? 0);
  }

  sink(scope: Scope): LogRecordSink | undefined {
    return this.#attempt(() => this.#open()?.sink(scope));
  }

  /** Hands every record that leaves to the listener, also where none is exported: then records cost nothing again once the last of them has stopped. */
  watch(listener: (record: ReadableLogRecord) => void): () => void {
    this.#listeners.add(listener);
    this.#whenTaken?.();
    this.#whenTaken = undefined;
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0 || this.#parts.open !== undefined) return;
      // They go nowhere again.
      this.#records?.close();
      this.#records = undefined;
    };
  }

  status(): LogRecordStatus {
    const { written = 0, unsampled = 0, held = 0 } = this.#records ?? {};
    return { written, unsampled, held, drops: this.#drops.snapshot() };
  }

  exportStatus(): ExportStatus | undefined {
    return this.#export?.pipeline.status();
  }

  /** Takes over what processes left in the spool of records that have ended. */
  recover(): void {
    this.#export?.pipeline.recover();
  }

  /** Whether all that had been written left in time. Never rejects. */
  async flush(deadlineMs: number): Promise<boolean> {
    this.#records?.settle();
    return (await this.#export?.pipeline.flush(deadlineMs)) ?? true;
  }

  async emergencyFlush(deadlineMs: number): Promise<boolean> {
    this.#records?.settle();
    return (await this.#export?.pipeline.emergencyFlush(deadlineMs)) ?? true;
  }

  async shutdown(deadlineMs: number): Promise<void> {
    this.#records?.close();
    this.#isOver = true;
    await this.#export?.pipeline.shutdown(deadlineMs);
  }

  leaveNow(): Remains {
    this.#records?.settle();
    return this.#export?.pipeline.leaveNow() ?? { spooled: 0, lost: 0 };
  }

  #loggers(): ApiLoggerProvider {
    const { active, faults, settings } = this.#parts;
    const { clock } = settings;
    return (this.#provider ??= createLoggerProvider({
      records: () => this.#open(),
      spanOf: (context) => spanOf(context ?? active()),
      epochMs: (time) => clock.epochMs(monotonicTime(time, clock)),
      failed: () => faults.add("log-record"),
    }));
  }

  /** The file of the part was there at the start, and may be gone or damaged by now. */
  #attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch {
      this.#parts.faults.add("log-record");
      return undefined;
    }
  }

  #open(): LogRecords | undefined {
    if (this.#records !== undefined) return this.#records;
    const { open, settings, limits, active, timed } = this.#parts;
    if (this.#isOver || !settings.enabled || (open === undefined && this.#listeners.size === 0)) return undefined;
    const drops = this.#drops;
    const records = createLogRecords({
      takes: settings.logRecords,
      limits,
      clock: settings.clock,
      activeSpan: () => spanOf(active()),
      write: (record) =>
        timed(() => {
          this.#export?.outlet.write(record);
          for (const listener of this.#listeners) this.#tell(listener, () => readableRecord(record));
        }),
      drops,
      startTimer,
    });
    this.#records = records;
    this.#export = open?.({ drops, heldBytes: () => records.heldBytes });
    return records;
  }

  #tell(listener: (record: ReadableLogRecord) => void, record: () => ReadableLogRecord): void {
    try {
      listener(record());
    } catch {
      this.#parts.faults.add("log-listener");
    }
  }
}

const noLogger: ApiLogger = { emit() {}, enabled: () => false };

function spanOf(context: Context | undefined): ActiveSpan {
  const span = context?.getValue(spanKey) as Span | undefined;
  if (span === undefined || span instanceof TracedSpan) return span;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return traceId === INVALID_TRACEID ? undefined : { traceId, spanId, traceFlags };
}
