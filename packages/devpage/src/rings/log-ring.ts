import type { LogEntry, LogPage, LogQuery, PageLevel, RingView } from "../protocol.ts";
import { Ring, type RingBounds } from "./ring.ts";

/** A line that is read when somebody asks for it. */
export interface KeptLine {
  readonly traceId: string | undefined;
  /** What full text looks through. */
  readonly text: string;
  /** Called each time that somebody asks: nothing of what it answers is held here. */
  readonly read: () => Omit<LogEntry, "id">;
  /** What `read` itself holds. @default 0 */
  readonly bytes?: number;
}

export const levels: readonly PageLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];
/** A line that was read already. */
export function readAlready(entry: Omit<LogEntry, "id">): KeptLine {
  const text = `${entry.message} ${JSON.stringify(entry.attributes)}`;
  return { traceId: entry.traceId, text, read: () => entry, bytes: 400 + text.length * 2 };
}

/** Four numbers of OTLP a level, from 1 on; 0 is none. */
export function levelOfSeverity(severity: number): PageLevel {
  return severity === 0 ? "info" : (levels[Math.min(5, Math.floor((severity - 1) / 4))] ?? "info");
}

const maxLimit = 1_000;
const defaultLimit = 200;

/** The newest lines. */
export class LogRing {
  readonly #ring: Ring<KeptLine>;

  constructor(bounds: RingBounds) {
    this.#ring = new Ring(bounds);
  }

  get lastId(): number {
    return this.#ring.lastId;
  }

  add(line: KeptLine): void {
    // Two bytes a letter, as it may be.
    this.#ring.add(line, 200 + line.text.length * 2 + (line.bytes ?? 0));
  }

  /** Those behind an id, oldest first, at most the newest `max`. */
  after(id: number, max: number): LogEntry[] {
    return this.#ring.after(id, max).map(({ id: own, item }) => entryOf(own, item));
  }

  /** How many lines of traces there are, by id. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { item } of this.#ring.before()) {
      if (item.traceId !== undefined) counts.set(item.traceId, (counts.get(item.traceId) ?? 0) + 1);
    }
    return counts;
  }

  /** Of one trace, oldest first. */
  ofTrace(traceId: string): LogEntry[] {
    return [...this.#ring.before()]
      .filter(({ item }) => item.traceId === traceId)
      .map(({ id, item }) => entryOf(id, item))
      .toReversed();
  }

  find({ text, level, traceId, service, before, limit = defaultLimit }: LogQuery): LogPage {
    const wanted = text?.toLowerCase();
    const least = level === undefined ? 0 : levels.indexOf(level);
    const most = Math.max(1, Math.min(limit, maxLimit));
    const lines: LogEntry[] = [];
    for (const { id, item } of this.#ring.before(before)) {
      if (traceId !== undefined && item.traceId !== traceId) continue;
      if (wanted !== undefined && !item.text.toLowerCase().includes(wanted)) continue;
      const entry = entryOf(id, item);
      if (levels.indexOf(entry.level) < least || (service !== undefined && entry.service !== service)) continue;
      if (lines.length === most) return { lines, hasMore: true };
      lines.push(entry);
    }
    return { lines, hasMore: false };
  }

  clear(): void {
    this.#ring.clear();
  }

  view(): RingView {
    return this.#ring.view();
  }
}

function entryOf(id: number, line: KeptLine): LogEntry {
  return { id, ...line.read() };
}
