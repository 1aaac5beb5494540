import type { ExchangeHost } from "./exchange-host.ts";
import { type LineEnd, type LoggedRequest, requestLineOf } from "./request-line-of.ts";

/** Writes the log line of a request that is over, if one is due. What its reader throws costs the line, which is counted. */
export function logRequest(
  { requestLog, faults }: Pick<ExchangeHost, "requestLog" | "faults">,
  exchange: LoggedRequest,
  end: LineEnd,
): void {
  const level = requestLog.levelOf(end);
  if (level === undefined) return;
  try {
    requestLog.write(requestLineOf(exchange, end, level));
  } catch {
    faults.add("request-line");
  }
}
