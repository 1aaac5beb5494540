import type { LogLevel } from "../model/choices.ts";

/**
 * What one request's log line tells, for a logger to put into its own names.
 *
 * Nothing in it is text that a client chose, but for `path`, which is there only when a sink asked for it: the method is a known one, the
 * route is the template in the service's code, an operation is one of a bounded table, the ids are made of digits.
 */
export interface RequestLine {
  readonly level: LogLevel;
  /** One of the known methods, else `_OTHER`. */
  readonly method: string;
  /** The template that the framework matched; undefined when it matched none. */
  readonly route: string | undefined;
  /** What was done, where somebody named it: `query GetUser`. A word of a bounded table. */
  readonly operation?: string | undefined;
  /** Without the query, as it was sent, at most 1,024 characters. */
  readonly path: string | undefined;
  /** The status that was sent; undefined when none was. */
  readonly statusCode: number | undefined;
  /** Whether the client left before the whole answer, or the answer was cut. */
  readonly aborted: boolean;
  /** From begin to end; of a stream to its headers. */
  readonly durationMs: number;
  /** How long a stream was open; undefined for what is none. */
  readonly streamMs: number | undefined;
  /** The length of the body by its header; undefined where there is none. */
  readonly requestBytes: number | undefined;
  readonly responseBytes: number | undefined;
  readonly traceId: string;
  readonly spanId: string;
  /** W3C trace flags of what was exported: a kept request counts as sampled. */
  readonly traceFlags: number;
  /** Why the request was sampled, kept, or neither. */
  readonly samplingReason: string;
  /** The same as on span and metric; undefined on success. */
  readonly errorType: string | undefined;
  /** What was thrown, where it is why the request failed. Its stack belongs here and nowhere else. */
  readonly error: unknown;
}

/** Where lines of requests go. */
export interface RequestLineSink {
  /** Whether the sink asks for `path`. It is the client's text, and may hold names, numbers or secrets. @default false */
  readonly wantsPath?: boolean;
  /**
   * Whether lines of a level below `info` are wanted now. Those from `info` on are not asked about: a request's line belongs to its trace, and
   * is written whatever the logger's own level is.
   */
  admits?(level: LogLevel): boolean;
  /** Takes one line. What it throws is counted, and reaches nobody. */
  write(line: RequestLine): void;
}
