import type { WatchedLines } from "@gossamer/core";
import type { DestinationStream } from "pino";
import type { FieldStyle } from "./fields/field-style.ts";
import type { Level, LogLevels } from "./log-levels.ts";

export interface WatchedParts {
  readonly stream: DestinationStream;
  readonly style: FieldStyle;
  readonly messageKey: string;
  readonly errorKey: string;
  readonly levels: LogLevels;
  /** Told when somebody who looks on throws. */
  readonly failed: () => void;
}

const traceId = "0123456789abcdef0123456789abcdef";
const spanId = "fedcba9876543210";

/** The lines of a logger for whoever looks on. */
export function watchedLines(parts: WatchedParts): WatchedLines {
  const { levels, failed } = parts;
  const listeners = new Set<(text: string) => void>();
  const told = new WatchedStream(parts.stream, (text) => {
    for (const listener of listeners) {
      try {
        listener(text);
      } catch {
        failed();
      }
    }
  });
  return {
    keys: keysOf(parts),
    level: () => levels.get(),
    setLevel: (level, forMs) => levels.set(level as Level, forMs === undefined ? {} : { forMs }),
    watch(listener) {
      listeners.add(listener);
      told.open();
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) told.close();
      };
    },
  };
}

/**
 * Sees what a destination is given, by a `write` of its own that the destination has only while somebody looks on.
 *
 * Lines of requests go there past pino, so this is the one place where all lines come by.
 */
class WatchedStream {
  readonly #stream: DestinationStream;
  readonly #tell: (text: string) => void;
  #before: PropertyDescriptor | undefined;
  #own: DestinationStream["write"] | undefined;

  constructor(stream: DestinationStream, tell: (text: string) => void) {
    this.#stream = stream;
    this.#tell = tell;
  }

  open(): void {
    const stream = this.#stream;
    if (this.#own !== undefined) return;
    const { write } = stream;
    const tell = this.#tell;
    this.#before = Object.getOwnPropertyDescriptor(stream, "write");
    this.#own = function watchedWrite(this: unknown, ...given: Parameters<DestinationStream["write"]>): void {
      const answer: unknown = Reflect.apply(write, stream, given);
      tell(given[0]);
      return answer as void;
    };
    stream.write = this.#own;
  }

  close(): void {
    const own = this.#own;
    this.#own = undefined;
    // Whoever put another one in its place since, keeps it.
    if (own === undefined || this.#stream.write !== own) return;
    if (this.#before === undefined) Reflect.deleteProperty(this.#stream, "write");
    else Object.defineProperty(this.#stream, "write", this.#before);
  }
}

function keysOf({ style, messageKey, errorKey }: WatchedParts): WatchedLines["keys"] {
  const { formatters, timestamp } = style.pino();
  const [level = "level"] = Object.keys(formatters?.level?.("info", 30) ?? {});
  const time = typeof timestamp === "function" ? (/"([^"]+)":/.exec(timestamp())?.[1] ?? "time") : "time";
  // A style whose ids are of another form has none that could be compared.
  const ids = Object.entries(style.trace(traceId, spanId, 1));
  const keyOf = (id: string): string | undefined => ids.find(([, value]) => value === id)?.[0];
  const [trace, span] = [keyOf(traceId), keyOf(spanId)];
  return {
    level,
    time,
    message: messageKey,
    error: errorKey,
    ...(trace === undefined ? {} : { traceId: trace }),
    ...(span === undefined ? {} : { spanId: span }),
  };
}
