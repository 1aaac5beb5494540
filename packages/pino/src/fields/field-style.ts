import type { RequestLine } from "@gossamer/core";
import type { LoggerOptions } from "pino";

/** Whose names the fields of a line have. */
export type FieldNames = "opentelemetry" | "ecs" | "datadog";

export type Fields = Record<string, unknown>;

/** One field of a request's line. */
export interface LineField {
  readonly key: string;
  /** Undefined where a line has no such field. */
  readonly read: (line: RequestLine) => string | number | object | undefined;
  /** Whether it is one of few words, worth remembering as they are written. @default false */
  readonly isWord?: boolean;
}

/** One way to name what a line says. */
export interface FieldStyle {
  /** What a logger made in this style now gives to pino, unless its user says otherwise. */
  pino(): Pick<LoggerOptions, "base" | "messageKey" | "errorKey" | "timestamp" | "formatters">;
  /** How an error is written in this style; undefined for pino's own way. */
  readonly error: ((error: unknown) => unknown) | undefined;
  /** The fields of the active span. A new object each time: pino changes it. */
  trace(traceId: string, spanId: string, flags: number | undefined): Fields;
  /** What the lines of one route, method and status have in common. */
  readonly series: readonly LineField[];
  /** What each line has of its own, its error left out. */
  readonly request: readonly LineField[];
  /** The first {@link leadCount} of these as the text of a line, where each line has them. */
  readonly lead?: LineLead;
}

export type LineLead = (line: RequestLine) => string;
export const leadCount = 4;

/** What the lines of a series have in common, by OpenTelemetry's names, which are those of the Elastic Common Schema too. */
export const httpSeries: readonly LineField[] = [
  { key: "http.request.method", read: ({ method }) => method },
  { key: "http.route", read: ({ route }) => route },
  { key: "http.response.status_code", read: ({ statusCode }) => statusCode },
];

/** The last fields of a line, which no convention has other names for. */
export const words: readonly LineField[] = [
  { key: "operation", read: ({ operation }) => operation, isWord: true },
  { key: "error.type", read: ({ errorType }) => errorType, isWord: true },
  { key: "sampling.reason", read: ({ samplingReason }) => samplingReason, isWord: true },
];

/** The fields as an object, for pino to write. */
export function fieldsOf(fields: readonly LineField[], line: RequestLine): Fields {
  const made: Fields = {};
  for (const { key, read } of fields) {
    const value = read(line);
    if (value !== undefined) made[key] = value;
  }
  return made;
}

const hexBytes: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** W3C trace flags as two hex digits. */
export function hexFlags(flags: number): string {
  return hexBytes[flags & 255] ?? "00";
}
