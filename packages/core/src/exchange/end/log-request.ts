import type { SpanContext } from "@opentelemetry/api";
import type { RequestEnd } from "../request-end.ts";
import { type LoggedRequest, requestLineOf } from "./request-line-of.ts";

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
