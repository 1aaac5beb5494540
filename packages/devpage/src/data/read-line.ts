import type { WatchedLines } from "@gossamer/core";
import type { LogEntry, PageAttributes, PageLevel, PageValue } from "../protocol.ts";

export interface LineContext {
  readonly keys: WatchedLines["keys"];
  readonly service: string;
  /** When it was seen, for a line that does not say it. */
  readonly at: number;
  /** Of the active trace, for a line that does not say it. */
  readonly traceId: string | undefined;
}

/** A longer line is cut off there, and is then its own message. */
export const maxLine = 65_536;
const numbered: Readonly<Record<number, PageLevel>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const named: ReadonlySet<string> = new Set(Object.values(numbered));
/** What every line of a process has alike. */
const common: ReadonlySet<string> = new Set([
  "pid",
  "hostname",
  "process.pid",
  "host.hostname",
  "service.name",
  "ecs.version",
]);

/** A line of a logger in the words of the page. What is no JSON is its own message. */
export function readLine(text: string, { keys, service, at, traceId }: LineContext): Omit<LogEntry, "id"> {
  const fields = parsed(text);
  if (fields === undefined) {
    return {
      at,
      service,
      level: "info",
      message: text.trimEnd(),
      ...(traceId === undefined ? {} : { traceId }),
      attributes: {},
    };
  }
  const said = (key: string | undefined): PageValue | undefined => (key === undefined ? undefined : fields[key]);
  const known = new Set([keys.level, keys.time, keys.message, keys.traceId, keys.spanId]);
  const attributes = Object.fromEntries(Object.entries(fields).filter(([key]) => !known.has(key) && !common.has(key)));
  const time = said(keys.time);
  const timeMs = typeof time === "number" ? time : typeof time === "string" ? Date.parse(time) : Number.NaN;
  const message = said(keys.message) ?? messageOf(said(keys.error)) ?? "";
  const [trace, span, logger] = [said(keys.traceId) ?? traceId, said(keys.spanId), fields["library"] ?? fields["name"]];
  return {
    at: Number.isFinite(timeMs) ? timeMs : at,
    service,
    level: levelOf(said(keys.level)),
    ...(typeof logger === "string" ? { logger } : {}),
    message: typeof message === "string" ? message : JSON.stringify(message),
    ...(typeof trace === "string" ? { traceId: trace } : {}),
    ...(typeof span === "string" ? { spanId: span } : {}),
    attributes,
  };
}

/** The trace that a line names, without reading all of it. */
export function traceIdIn(text: string, { traceId }: WatchedLines["keys"]): string | undefined {
  if (traceId === undefined) return undefined;
  const at = text.lastIndexOf(`"${traceId}":"`);
  const id = at === -1 ? "" : text.slice(at + traceId.length + 4, at + traceId.length + 36);
  return /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

function levelOf(level: PageValue | undefined): PageLevel {
  if (typeof level === "number") return numbered[Math.max(10, Math.min(60, Math.floor(level / 10) * 10))] ?? "info";
  const word = typeof level === "string" ? level.toLowerCase() : "";
  return named.has(word) ? (word as PageLevel) : word === "warning" ? "warn" : "info";
}

function messageOf(error: PageValue | undefined): PageValue | undefined {
  return typeof error === "object" && error !== null && "message" in error ? error.message : undefined;
}

function parsed(text: string): PageAttributes | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PageAttributes) : undefined;
  } catch {
    return undefined;
  }
}
