import type { SpanContext } from "@opentelemetry/api";
import { splitTarget } from "../limits/split-target.ts";
import type { LineEnding } from "../logging/request-log.ts";
import type { RequestLine } from "../logging/request-line.ts";
import { spanIdText, traceIdText } from "../model/ids.ts";
import type { LogLevel } from "../model/log-level.ts";
import type { Outcome } from "../model/outcome.ts";
import type { RequestReader } from "../model/request-reader.ts";
import type { BodySizes } from "./body-meter.ts";
import type { FinishedRequest } from "./finished-request.ts";

const maxPathLength = 1_024;
const sampledFlag = 1;
const notModified = 304;

/** How a request ended, in the words of its log line. */
export interface LineEnd extends LineEnding {
  readonly request: unknown;
  readonly reader: RequestReader<unknown>;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly streamMs: number | undefined;
  /** Of the request's decision, or of the rule that kept it; `joined` where somebody else's span stands for the request. */
  readonly samplingReason: string;
  /** Of somebody else's span that stands for the request. */
  readonly joined: SpanContext | undefined;
  readonly errorType: string | undefined;
  readonly error: unknown;
  /** Where they were measured. */
  readonly sizes: BodySizes | undefined;
  readonly wantsPath: boolean;
}

/** The exchange itself. */
export type LoggedRequest = FinishedRequest & { readonly flags: number };

/** What a request's log line tells. */
export function requestLineOf(exchange: LoggedRequest, end: LineEnd, level: LogLevel): RequestLine {
  const { sizes, joined } = end;
  const traceId = joined?.traceId ?? traceIdText(exchange);
  const spanId = joined?.spanId ?? spanIdText(exchange.s0, exchange.s1);
  return {
    level,
    method: exchange.method,
    route: end.route?.template,
    path: end.wantsPath ? splitTarget(end.reader.target(end.request)).path.slice(0, maxPathLength) : undefined,
    statusCode: end.statusCode,
    aborted: !end.completed,
    durationMs: end.durationMs,
    streamMs: end.streamMs,
    requestBytes: sizes?.request ?? byteCount(exchange.header("content-length")),
    responseBytes: sizes?.response ?? announcedBytes(exchange, end),
    traceId,
    spanId,
    traceFlags: joined?.traceFlags ?? ownFlags(exchange, end),
    samplingReason: end.samplingReason,
    errorType: end.errorType,
    error: end.error,
  };
}

/** A kept request counts as sampled: so does its span. */
function ownFlags({ flags }: LoggedRequest, { traced }: LineEnd): number {
  return traced ? flags | sampledFlag : flags;
}

/** What the response's head said of its body, if that was sent. */
function announcedBytes({ method }: LoggedRequest, { outcome, completed, statusCode }: LineEnd): number | undefined {
  if (!completed || method === "HEAD" || statusCode === notModified) return undefined;
  return byteCount(outcome.response?.getHeader("content-length"));
}

const zero = 48;
const maxDigits = 15;

/** What a `content-length` says, if it is a number of bytes. */
function byteCount(header: unknown): number | undefined {
  if (typeof header === "number") return Number.isSafeInteger(header) && header >= 0 ? header : undefined;
  if (typeof header !== "string" || header.length === 0 || header.length > maxDigits) return undefined;
  let count = 0;
  for (let i = 0; i < header.length; i++) {
    const digit = header.charCodeAt(i) - zero;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return count;
}
