import type { LimitSettings } from "../limits/span-limits.ts";
import type { Clock } from "../model/clock.ts";
import type { SpanFate } from "../model/exemplar-span.ts";
import { spanWords } from "../model/ids.ts";
import type { Scope } from "../model/scope.ts";
import { type LogAttributeBlock, type LogRecord, type LogSpan, severity } from "../otlp/logs/log-record.ts";
import { Alarm } from "../pipeline/time/alarm.ts";
import type { StartTimer } from "../pipeline/time/timers.ts";
import type { Tally } from "../tally/tally.ts";
import { fitLogAttributes, fitLogContent } from "./fit-log-content.ts";
import { HeldLines, type LineTrace, type MarkedLine } from "./held-lines.ts";
import type { LineSpan, LogBlock, LogLine, LogRecordSink } from "./log-line.ts";

/** The span that is active, of ours or of somebody else's. */
export type ActiveSpan = { readonly trace: LineTrace; readonly s0: number; readonly s1: number } | LineSpan | undefined;

export interface LogRecordsParts {
  /** Whether lines below a warning wait for what becomes of their trace. */
  readonly takes: "sampled" | "all";
  readonly limits: LimitSettings;
  readonly clock: Clock;
  readonly activeSpan: () => ActiveSpan;
  /** Takes a record at once. Never throws. */
  readonly write: (record: LogRecord) => void;
  /** Takes, by reason, lines that were lost on purpose: `undecided`, `unreadable-line`. */
  readonly drops: Tally;
  readonly startTimer: StartTimer;
}

const sampledFlag = 1;
const lookEachMs = 1_000;
const maxHeldLines = 2_048;
const maxHeldBytes = 1_048_576;

/**
 * The log records of a process on their way to their lane.
 *
 * A line from `warn` on leaves at once. Any other leaves with its trace: at once where that is sampled, never where it is not and cannot be kept
 * any more; while that is open the line waits, unread, for the end of its request. A line outside of any trace leaves.
 */
export class LogRecords {
  /** Lines that were written, and those that stayed because their trace did. */
  written = 0;
  unsampled = 0;
  readonly #parts: LogRecordsParts;
  readonly #held: HeldLines;
  readonly #alarm: Alarm;

  constructor(parts: LogRecordsParts) {
    this.#parts = parts;
    const { clock, startTimer, drops } = parts;
    this.#held = new HeldLines({
      maxLines: maxHeldLines,
      maxBytes: maxHeldBytes,
      leave: (held) => this.#leave(held.line, held.scope, spanOf(held), held.epochMs),
      dropped: () => drops.add("undecided"),
      lost: () => this.unsampled++,
    });
    this.#alarm = new Alarm({ now: () => clock.now(), startTimer, ring: () => this.#look() });
  }

  /** In memory, of lines that wait. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  get held(): number {
    return this.#held.count;
  }

  sink(scope: Scope): LogRecordSink {
    return {
      write: (line, span) => {
        try {
          this.write(line, scope, span ?? this.#parts.activeSpan());
        } catch {
          this.#parts.drops.add("unreadable-line");
        }
      },
      block: (attributes) => this.#block(attributes),
    };
  }

  /** Whether a line of this severity and span would be read, now or later. */
  wants(severityNumber: number, span: ActiveSpan): boolean {
    return this.#fate(severityNumber, span) !== "lost";
  }

  write(line: LogLine, scope: Scope, span: ActiveSpan): void {
    const { clock } = this.#parts;
    const fate = this.#fate(line.severityNumber, span);
    if (fate === "lost") {
      this.unsampled++;
      return;
    }
    const nowMs = clock.now();
    const epochMs = line.epochMs ?? clock.epochMs(nowMs);
    if (fate === "written" || span === undefined || !("trace" in span)) {
      this.#leave(line, scope, span === undefined ? undefined : logSpan(span), epochMs);
      return;
    }
    this.#held.add({ line, scope, trace: span.trace, s0: span.s0, s1: span.s1, epochMs });
    this.#alarm.set(nowMs + lookEachMs);
  }

  /** Lets those leave that waited for a trace which is written by now. */
  settle(): void {
    this.#held.look();
  }

  /** For the end: what still waits is let go, and counted. */
  close(): void {
    this.#alarm.clear();
    this.#held.clear();
  }

  #fate(severityNumber: number, span: ActiveSpan): SpanFate {
    if (this.#parts.takes === "all" || severityNumber >= severity.warn || span === undefined) return "written";
    if ("trace" in span) return span.trace.finalFate;
    return (span.traceFlags & sampledFlag) === 0 ? "lost" : "written";
  }

  #leave(line: LogLine, scope: Scope, span: LogSpan | undefined, epochMs: number): void {
    const { limits, clock, write, drops } = this.#parts;
    try {
      const content = line.read();
      const block = content.block as LogAttributeBlock | undefined;
      const room = limits.attributes - (block === undefined ? 0 : block.list.length / 2);
      const { body, attributes, dropped } = fitLogContent(content, limits, room);
      this.written++;
      write({
        scope,
        epochMs,
        observedMs: line.epochMs === undefined ? epochMs : clock.epochMs(clock.now()),
        severityNumber: line.severityNumber,
        severityText: line.severityText,
        body,
        block,
        attributes,
        droppedAttributesCount: dropped,
        eventName: content.eventName ?? "",
        span,
      });
    } catch {
      drops.add("unreadable-line");
    }
  }

  #block(attributes: object): LogBlock {
    const list = fitLogAttributes(attributes, this.#parts.limits);
    const block: LogBlock & LogAttributeBlock = { list, count: list.length / 2, encoded: undefined };
    return block;
  }

  #look(): void {
    this.#held.look();
    if (this.#held.count > 0) this.#alarm.set(this.#parts.clock.now() + lookEachMs);
  }
}

function logSpan(span: NonNullable<ActiveSpan>): LogSpan {
  if ("trace" in span) return spanOf(span);
  return { ...spanWords(span), flags: span.traceFlags };
}

/** The flags of a trace that is open are not read: that could decide it. */
function spanOf({ trace, s0, s1 }: Pick<MarkedLine, "trace" | "s0" | "s1">): LogSpan {
  const { t0, t1, t2, t3, finalFate } = trace;
  const flags = finalFate === "open" ? 0 : finalFate === "written" ? trace.flags | sampledFlag : trace.flags;
  return { t0, t1, t2, t3, s0, s1, flags };
}
