import type { LogValue, ReadableLogRecord } from "@gossamer/core";
import type { LogEntry, PageValue } from "../protocol.ts";
import { levelOfSeverity } from "../rings/log-ring.ts";
import { cutText } from "./cut-text.ts";
import { maxLine } from "./read-line.ts";

/** A record of the logs API in the words of the page. */
export function recordLine(record: ReadableLogRecord, service: string): Omit<LogEntry, "id"> {
  const { epochMs, severityNumber, body, attributes, eventName, traceId, spanId, scope } = record;
  const message = body ?? attributes["exception.message"] ?? eventName;
  return {
    at: epochMs,
    service,
    level: levelOfSeverity(severityNumber),
    ...(scope.name === "" ? {} : { logger: scope.name }),
    message: cutText(typeof message === "string" ? message : JSON.stringify(plain(message)), maxLine),
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)])),
  };
}

/** Bytes as OTLP's JSON has them. */
function plain(value: LogValue): PageValue {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (isList(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function isList(value: LogValue): value is readonly LogValue[] {
  return Array.isArray(value);
}
