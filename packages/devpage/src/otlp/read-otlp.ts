import { spanKinds, spanStatuses, withBytes } from "../data/stored-span.ts";
import type { LogEntry, PageAttributes, PageLevel } from "../protocol.ts";
import { levels } from "../rings/log-ring.ts";
import type { StoredSpan } from "../traces/span-tree.ts";
import {
  attributesOf,
  idOf,
  listOf,
  millisOf,
  numberOf,
  recordOf,
  textOf,
  type Unknown,
  valueOf,
} from "./otlp-values.ts";

/** Where something comes from: a service, and which of its processes. */
export interface Origin {
  readonly service: string;
  readonly instance: string;
}

/** The durations of requests of one series. */
export interface DurationPoint extends Origin {
  readonly isDelta: boolean;
  readonly unit: string;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly attributes: PageAttributes;
}

const unknownService = "unknown_service";
const traceDigits = 32;
const spanDigits = 16;
const maxName = 1_024;

export function readSpans(request: unknown): StoredSpan[] {
  return items(request, "resourceSpans", "scopeSpans", "spans").flatMap(({ item, scope, origin }) => {
    const [traceId, spanId] = [idOf(item["traceId"], traceDigits), idOf(item["spanId"], spanDigits)];
    if (traceId === undefined || spanId === undefined) return [];
    const parentSpanId = idOf(item["parentSpanId"], spanDigits);
    const startMs = millisOf(item["startTimeUnixNano"]);
    const status = recordOf(item["status"]);
    const message = textOf(status["message"]);
    const span: Omit<StoredSpan, "bytes"> = {
      traceId,
      spanId,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      service: origin.service,
      scope,
      name: textOf(item["name"]).slice(0, maxName),
      kind: spanKinds[numberOf(item["kind"]) - 1] ?? "internal",
      startMs,
      durationMs: Math.max(0, millisOf(item["endTimeUnixNano"]) - startMs),
      status: spanStatuses[numberOf(status["code"])] ?? "unset",
      ...(message === "" ? {} : { statusMessage: message.slice(0, maxName) }),
      attributes: attributesOf(item["attributes"]),
      events: listOf(item["events"]).map((event) => ({
        name: textOf(event["name"]).slice(0, maxName),
        at: millisOf(event["timeUnixNano"]),
        attributes: attributesOf(event["attributes"]),
      })),
      links: listOf(item["links"]).map((link) => ({
        traceId: idOf(link["traceId"], traceDigits) ?? "",
        spanId: idOf(link["spanId"], spanDigits) ?? "",
        attributes: attributesOf(link["attributes"]),
      })),
      dropped: {
        attributes: numberOf(item["droppedAttributesCount"]),
        events: numberOf(item["droppedEventsCount"]),
        links: numberOf(item["droppedLinksCount"]),
      },
    };
    return [withBytes(span)];
  });
}

export function readLogs(request: unknown, nowMs: number): Omit<LogEntry, "id">[] {
  return items(request, "resourceLogs", "scopeLogs", "logRecords").map(({ item, scope, origin }) => {
    const [traceId, spanId] = [idOf(item["traceId"], traceDigits), idOf(item["spanId"], spanDigits)];
    const body = valueOf(item["body"]);
    const attributes = attributesOf(item["attributes"]);
    const message = body ?? attributes["exception.message"] ?? textOf(item["eventName"]);
    return {
      at: millisOf(item["timeUnixNano"]) || millisOf(item["observedTimeUnixNano"]) || nowMs,
      service: origin.service,
      level: levelOf(numberOf(item["severityNumber"])),
      ...(scope === "" ? {} : { logger: scope }),
      message: typeof message === "string" ? message : JSON.stringify(message),
      ...(traceId === undefined ? {} : { traceId }),
      ...(spanId === undefined ? {} : { spanId }),
      attributes,
    };
  });
}

export function readDurations(request: unknown): DurationPoint[] {
  return items(request, "resourceMetrics", "scopeMetrics", "metrics").flatMap(({ item, origin }) => {
    if (item["name"] !== "http.server.request.duration") return [];
    const histogram = recordOf(item["histogram"]);
    return listOf(histogram["dataPoints"]).map((point) => ({
      ...origin,
      isDelta: isDelta(histogram["aggregationTemporality"]),
      unit: textOf(item["unit"]),
      bounds: numbersOf(point["explicitBounds"]),
      counts: numbersOf(point["bucketCounts"]),
      attributes: attributesOf(point["attributes"]),
    }));
  });
}

interface Item {
  readonly item: Unknown;
  readonly scope: string;
  readonly origin: Origin;
}

function items(request: unknown, resources: string, scopes: string, name: string): Item[] {
  return listOf(recordOf(request)[resources]).flatMap((ofResource) => {
    const attributes = attributesOf(recordOf(ofResource["resource"])["attributes"]);
    const origin = {
      service: textOf(attributes["service.name"]).slice(0, maxName) || unknownService,
      instance: JSON.stringify([attributes["service.instance.id"], attributes["host.name"], attributes["process.pid"]]),
    };
    return listOf(ofResource[scopes]).flatMap((inScope) => {
      const scope = textOf(recordOf(inScope["scope"])["name"]).slice(0, maxName);
      return listOf(inScope[name]).map((item) => ({ item, scope, origin }));
    });
  });
}

/** Four numbers a level, from 1 on. */
function levelOf(severity: number): PageLevel {
  return severity === 0 ? "info" : (levels[Math.min(5, Math.floor((severity - 1) / 4))] ?? "info");
}

/** By number, or by name as JSON may have it. */
function isDelta(temporality: unknown): boolean {
  return temporality === 1 || temporality === "AGGREGATION_TEMPORALITY_DELTA";
}

function numbersOf(list: unknown): number[] {
  return Array.isArray(list) ? list.map(numberOf) : [];
}
