import { splitTarget } from "../limits/split-target.ts";
import type { RequestLine } from "../logging/request-line.ts";
import type { Decision } from "../model/decision.ts";
import type { LogLevel } from "../model/log-level.ts";
import type { Outcome } from "../model/outcome.ts";
import type { RequestReader } from "../model/request-reader.ts";
import { spanIdOf, traceIdOf } from "../tracing/span-context-of.ts";
import type { FinishedRequest } from "./finished-request.ts";

const maxPathLength = 1_024;

/** How a request ended, in the words of its log line. */
export interface LineEnd {
  readonly level: LogLevel;
  readonly request: unknown;
  readonly reader: RequestReader<unknown>;
  readonly outcome: Outcome;
  readonly completed: boolean;
  readonly durationMs: number;
  readonly streamMs: number | undefined;
  /** Of the request's decision, or of the rule that kept it. */
  readonly decision: Decision;
  readonly flags: number;
  readonly errorType: string | undefined;
  readonly error: unknown;
  readonly wantsPath: boolean;
}

/** What a request's log line tells. */
export function requestLineOf(exchange: FinishedRequest, end: LineEnd): RequestLine {
  const { request, reader, outcome } = end;
  return {
    level: end.level,
    method: exchange.method,
    route: exchange.route?.template,
    path: end.wantsPath ? splitTarget(reader.target(request)).path.slice(0, maxPathLength) : undefined,
    statusCode: outcome.statusCode,
    aborted: !end.completed,
    durationMs: end.durationMs,
    streamMs: end.streamMs,
    requestBytes: byteCount(exchange.header("content-length")),
    responseBytes: byteCount(outcome.response?.getHeader("content-length")),
    traceId: traceIdOf(exchange),
    spanId: spanIdOf(exchange.s0, exchange.s1),
    traceFlags: end.flags,
    samplingReason: end.decision.reason,
    errorType: end.errorType,
    error: end.error,
  };
}

/** What a `content-length` says, if it is a number of bytes. */
function byteCount(header: unknown): number | undefined {
  if (typeof header === "number") return Number.isSafeInteger(header) && header >= 0 ? header : undefined;
  if (typeof header !== "string" || !/^\d{1,15}$/.test(header)) return undefined;
  return Number(header);
}
