import type { Scope } from "../model/scope.ts";
import { spanIdText, traceIdText } from "../model/ids.ts";
import type { LogAttributeList, LogRecord, LogValue } from "../otlp/logs/log-record.ts";

/** A log record as it leaves, for whoever looks on. */
export interface ReadableLogRecord {
  readonly epochMs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: LogValue | undefined;
  readonly attributes: Readonly<Record<string, LogValue>>;
  readonly eventName: string;
  /** Undefined outside of any trace. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly scope: Scope;
}

export function readableRecord(record: LogRecord): ReadableLogRecord {
  const { epochMs, severityNumber, severityText, body, eventName, span, scope, block } = record;
  return {
    epochMs,
    severityNumber,
    severityText,
    body,
    attributes: { ...recordOf(block?.list ?? []), ...recordOf(record.attributes) },
    eventName,
    traceId: span && traceIdText(span),
    spanId: span && spanIdText(span.s0, span.s1),
    scope,
  };
}

function recordOf(list: LogAttributeList): Record<string, LogValue> {
  const pairs: [string, LogValue][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as LogValue]);
  return Object.fromEntries(pairs);
}
