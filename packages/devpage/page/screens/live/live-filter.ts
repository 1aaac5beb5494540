import type { RequestEntry } from "../../../src/protocol.ts";
import { fateText } from "../../format/status.ts";

/** What the filters of Live let through, as they stand in the address. */
export function liveFilter(query: Readonly<Record<string, string>>): (entry: RequestEntry) => boolean {
  const text = (query["text"] ?? "").trim().toLowerCase();
  const { status = "", reason = "", route = "" } = query;
  const minMs = Number(query["min"] ?? 0);
  return (entry) =>
    hasStatus(entry, status) &&
    (Number.isNaN(minMs) || entry.durationMs >= minMs) &&
    (reason === "" || `${entry.fate}:${entry.reason}` === reason) &&
    (route === "" || routeOf(entry) === route) &&
    (text === "" || textOf(entry).includes(text));
}

/** What the filter calls a route. */
export function routeOf({ method, route, operation }: Pick<RequestEntry, "method" | "route" | "operation">): string {
  const name = `${method} ${route ?? "(no route)"}`;
  return operation === undefined ? name : `${name} ${operation}`;
}

function hasStatus({ statusCode, aborted }: RequestEntry, wanted: string): boolean {
  if (wanted === "") return true;
  if (wanted === "aborted") return aborted;
  const group = `${Math.floor((statusCode ?? 0) / 100)}xx`;
  return wanted === "failed" ? aborted || group === "5xx" : group === wanted;
}

function textOf(entry: RequestEntry): string {
  const { service, method, route = "", operation = "", path = "", errorType = "", traceId = "" } = entry;
  return `${service} ${method} ${route} ${operation} ${path} ${errorType} ${traceId} ${fateText(entry)}`.toLowerCase();
}
