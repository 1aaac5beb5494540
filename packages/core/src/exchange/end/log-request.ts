import type { SpanContext } from "@opentelemetry/api";
import { splitTarget } from "../../limits/split-target.ts";
import type { RequestLine } from "../../logging/request-line.ts";
import { spanIdText, traceIdText } from "../../model/ids.ts";
import type { LogLevel } from "../../model/choices.ts";
import { type FinishedRequest, durationOf, type RequestEnd } from "../span/finished-request.ts";

const maxPathLength = 1_024;
const sampledFlag = 1;
const notModified = 304;

/** The exchange itself. */
type LoggedRequest = FinishedRequest & { readonly flags: number };

/**
 * Writes the log line of a request that is over, if one is due. What its reader throws costs the line, which is counted.
 *
 * @param joined of somebody else's span that stands for the request
 */
export function logRequest(exchange: LoggedRequest, end: RequestEnd, joined: SpanContext | undefined): void {
  const { requestLog, faults } = end.host;
  const level = requestLog.levelOf(end);
  if (level === undefined) return;
  try {
    requestLog.write(requestLineOf(exchange, end, level, joined));
  } catch {
    faults.add("request-line");
  }
}

/**
 * What a request's log line tells.
 *
 * @param joined of somebody else's span that stands for the request
 */
function requestLineOf(
  exchange: LoggedRequest,
  end: RequestEnd,
  level: LogLevel,
  joined: SpanContext | undefined,
): RequestLine {
  const { host, sizes } = end;
  const traceId = joined?.traceId ?? traceIdText(exchange);
  const spanId = joined?.spanId ?? spanIdText(exchange.s0, exchange.s1);
  return {
    level,
    method: exchange.method,
    route: end.route?.template === "" ? undefined : end.route?.template,
    operation: end.route?.operation?.spanName,
    path: host.requestLog.wantsPath
      ? splitTarget(end.reader.target(end.request)).path.slice(0, maxPathLength)
      : undefined,
    statusCode: end.statusCode,
    aborted: !end.completed,
    durationMs: durationOf(exchange, end),
    streamMs: end.headMs === undefined ? undefined : end.endMs - exchange.startMs,
    requestBytes: sizes?.request ?? byteCount(exchange.header("content-length")),
    responseBytes: sizes?.response ?? announcedBytes(exchange, end),
    traceId,
    spanId,
    traceFlags: joined?.traceFlags ?? ownFlags(exchange, end),
    samplingReason: end.decision.reason,
    errorType: end.errorType,
    error: end.error,
  };
}

/** A kept request counts as sampled: so does its span. */
function ownFlags({ flags }: LoggedRequest, { traced }: RequestEnd): number {
  return traced ? flags | sampledFlag : flags;
}

/** What the response's head said of its body, if that was sent. */
function announcedBytes({ method }: LoggedRequest, { outcome, completed, statusCode }: RequestEnd): number | undefined {
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
