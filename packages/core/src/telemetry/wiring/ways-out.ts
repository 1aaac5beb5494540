import type { Clock } from "../../model/clock.ts";
import type { EndingBudget } from "../../pipeline/ending/ending-budget.ts";
import type { Remains } from "../../pipeline/ending/leave-now.ts";
import type { EngineRecords } from "./engine-records.ts";
import type { Exports } from "./exports.ts";
import type { SpanPlugins } from "../optional/span-plugins.part.ts";
import type { EngineLogging } from "./telemetry-logging.ts";

export interface WaysOutParts {
  readonly exports: Exports;
  readonly plugins: SpanPlugins | undefined;
  readonly logging: EngineLogging;
  readonly records: EngineRecords;
  readonly clock: Clock;
  /** For whoever names no deadline of their own: frameworks that close, and the signals. */
  readonly budget: EndingBudget;
}

/** Of one that is no end of the process. */
const defaultFlushMs = 5_000;
const defaultEmergencyMs = 2_000;

/** All ways by which telemetry leaves the process, for spans, metrics and log lines, flushed and shut down as one. Nothing here rejects. */
export class WaysOut {
  readonly #parts: WaysOutParts;
  #stopped: Promise<void> | undefined;

  constructor(parts: WaysOutParts) {
    this.#parts = parts;
  }

  get isShutDown(): boolean {
    return this.#stopped !== undefined;
  }

  /** Whether all of them had sent what was there by the deadline. */
  async flush(givenMs?: number): Promise<boolean> {
    const { exports, logging, records, budget } = this.#parts;
    const deadlineMs = isDeadline(givenMs) ? givenMs : budget.leftMs(defaultFlushMs);
    const done = await Promise.all([
      this.flushSpans(deadlineMs),
      exports.metrics?.flush(deadlineMs) ?? true,
      exports.statsd?.flush(deadlineMs) ?? true,
      records.flush(deadlineMs),
      logging.flush(deadlineMs),
    ]);
    const isDone = done.every(Boolean);
    if (isDone) budget.delivered();
    return isDone;
  }

  async flushSpans(deadlineMs: number): Promise<boolean> {
    const { exports, plugins } = this.#parts;
    const done = await Promise.all([exports.traces?.flush(deadlineMs) ?? true, plugins?.flush(deadlineMs) ?? true]);
    return done.every(Boolean);
  }

  /** Whether no span and no log record was dropped for the memory that is free then. */
  async emergencyFlush(givenMs?: number): Promise<boolean> {
    const deadlineMs = isDeadline(givenMs) ? givenMs : defaultEmergencyMs;
    const { exports, records } = this.#parts;
    const [keptSpans, keptRecords] = await Promise.all([
      exports.traces?.emergencyFlush(deadlineMs) ?? true,
      records.emergencyFlush(deadlineMs),
      exports.metrics?.flush(deadlineMs),
    ]);
    return keptSpans && keptRecords;
  }

  /** A second call awaits the first. Log lines may come after it. */
  shutdown(givenMs?: number): Promise<void> {
    this.#stopped ??= this.#stop(isDeadline(givenMs) ? givenMs : this.#parts.budget.leftMs());
    return this.#stopped;
  }

  /** For the end of the process. Log lines are last: what the shutdown itself makes the service log is written too. */
  async end(deadlineMs: number): Promise<void> {
    const { clock, logging } = this.#parts;
    const beganMs = clock.now();
    await this.shutdown(deadlineMs);
    await logging.close(Math.max(0, deadlineMs - (clock.now() - beganMs)));
  }

  /** For a process that ends inside this call. */
  leave(): Remains {
    const { exports, logging, records } = this.#parts;
    logging.leave();
    const spans = exports.traces?.leaveNow() ?? nothing;
    const lines = records.leaveNow();
    return { spooled: spans.spooled + lines.spooled, lost: spans.lost + lines.lost, why: spans.why ?? lines.why };
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { exports, plugins, logging, records, clock } = this.#parts;
    const beganMs = clock.now();
    await Promise.all([
      records.flush(deadlineMs),
      exports.traces?.shutdown(deadlineMs),
      exports.metrics?.shutdown(deadlineMs),
      exports.statsd?.shutdown(deadlineMs),
      plugins?.shutdown(deadlineMs),
      logging.flush(deadlineMs),
    ]);
    // Last, in the time that is left: requests that ended meanwhile have lines.
    await records.shutdown(Math.max(0, deadlineMs - (clock.now() - beganMs)));
  }
}

/** Whether it is a time that a timer of Node's can wait. Services in JavaScript may give anything, and whoever flushes is told of no wrong options. */
function isDeadline(ms: unknown): ms is number {
  return Number.isFinite(ms) && Number(ms) >= 0 && Number(ms) < 2 ** 31;
}

const nothing: Remains = { spooled: 0, lost: 0 };
