import type { RequestLine } from "@gossamer/core";
import type { LoggerOptions } from "pino";

/** Whose names the fields of a line have. */
export type FieldNames = "opentelemetry" | "ecs" | "datadog";

export type Fields = Record<string, unknown>;

/** One way to name what a line says. */
export interface FieldStyle {
  /** What a logger made in this style gives to pino, unless its user says otherwise. */
  readonly pino: Pick<LoggerOptions, "base" | "messageKey" | "errorKey" | "timestamp" | "formatters">;
  /** How an error is written in this style; undefined for pino's own way. */
  readonly error: ((error: unknown) => unknown) | undefined;
  /** The fields of the active span. A new object each time: pino changes it. */
  trace(traceId: string, spanId: string, flags: number | undefined): Fields;
  /** What the lines of one route, method and status have in common. */
  series(line: RequestLine): Fields;
  /** What each line has of its own, its error left out. */
  request(line: RequestLine): Fields;
}

/** W3C trace flags as two hex digits. */
export function hexFlags(flags: number): string {
  return (flags & 255).toString(16).padStart(2, "0");
}
