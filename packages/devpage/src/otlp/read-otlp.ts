import { cutText } from "../data/cut-text.ts";
import { spanKinds, spanStatuses, withBytes } from "../data/stored-span.ts";
import type { LogEntry } from "../protocol.ts";
import { levelOfSeverity } from "../rings/log-ring.ts";
import type { StoredSpan } from "../traces/span-tree.ts";
import type { OtlpSignal } from "./otlp-protobuf.ts";
import {
  attributesOf,
  idOf,
  isCount,
  isGiven,
  isRecord,
  isTime,
  listOf,
  millisOf,
  numberOf,
  recordOf,
  textOf,
  type Unknown,
  valueOf,
} from "./otlp-values.ts";
import { malformed } from "./refused-request.ts";
import type { Rejections } from "./rejections.ts";

/** Where something comes from: a service, and which of its processes. */
export interface Origin {
  readonly service: string;
  readonly instance: string;
}

const unknownService = "unknown_service";
const traceDigits = 32;
const spanDigits = 16;
const maxName = 1_024;
const maxService = 256;

/**
 * The spans of a request, and undefined for each that is none and is passed over.
 *
 * @throws RefusedRequest for what has another shape as a whole
 */
export function* readSpans(request: unknown, rejected: Rejections): Generator<StoredSpan | undefined> {
  for (const each of items(request, "traces", rejected)) {
    const why = each && wrongSpan(each.item);
    if (why !== undefined) rejected.add(why);
    yield each === undefined || why !== undefined ? undefined : spanOf(each.item as Unknown, each.scope, each.origin);
  }
}

function wrongSpan(item: unknown): string | undefined {
  if (!isRecord(item)) return "a span must be an object";
  if (idOf(item["traceId"], traceDigits) === undefined) return "traceId must be 32 hex digits, not all of them 0";
  if (idOf(item["spanId"], spanDigits) === undefined) return "spanId must be 16 hex digits, not all of them 0";
  if (isGiven(item["name"]) && typeof item["name"] !== "string") return "name must be text";
  for (const name of ["startTimeUnixNano", "endTimeUnixNano"]) {
    if (isGiven(item[name]) && !isTime(item[name])) return wrongTime(name);
  }
  for (const name of ["droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"]) {
    if (isGiven(item[name]) && !isCount(item[name])) return `${name} must be a count`;
  }
  if (isGiven(item["kind"]) && !Number.isInteger(item["kind"])) return "kind must be the number of one";
  if (isGiven(item["status"]) && !isRecord(item["status"])) return "status must be an object";
  for (const name of ["attributes", "events", "links"]) {
    if (isGiven(item[name]) && !Array.isArray(item[name])) return `${name} must be a list`;
  }
  for (const { timeUnixNano } of listOf(item["events"])) {
    if (isGiven(timeUnixNano) && !isTime(timeUnixNano)) return wrongTime("timeUnixNano of an event");
  }
  return undefined;
}

/** Why what has such a time is passed over. */
export function wrongTime(name: string): string {
  return `${name} must be nanoseconds from 1970 to 2262, as a number or as its text`;
}

function spanOf(item: Unknown, scope: string, { service }: Origin): StoredSpan {
  const parentSpanId = idOf(item["parentSpanId"], spanDigits);
  const startMs = millisOf(item["startTimeUnixNano"]);
  const status = recordOf(item["status"]);
  const message = textOf(status["message"]);
  return withBytes({
    traceId: idOf(item["traceId"], traceDigits) ?? "",
    spanId: idOf(item["spanId"], spanDigits) ?? "",
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    service,
    scope,
    name: cutText(textOf(item["name"]), maxName),
    kind: spanKinds[numberOf(item["kind"]) - 1] ?? "internal",
    startMs,
    durationMs: Math.max(0, millisOf(item["endTimeUnixNano"]) - startMs),
    status: spanStatuses[numberOf(status["code"])] ?? "unset",
    ...(message === "" ? {} : { statusMessage: cutText(message, maxName) }),
    attributes: attributesOf(item["attributes"]),
    events: listOf(item["events"]).map((event) => ({
      name: cutText(textOf(event["name"]), maxName),
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
  });
}

/**
 * The lines of a request, and undefined for each record that is none and is passed over.
 *
 * @throws RefusedRequest for what has another shape as a whole
 */
export function* readLogs(
  request: unknown,
  nowMs: number,
  rejected: Rejections,
): Generator<Omit<LogEntry, "id"> | undefined> {
  for (const each of items(request, "logs", rejected)) {
    const why = each && wrongRecord(each.item);
    if (why !== undefined) rejected.add(why);
    yield each === undefined || why !== undefined
      ? undefined
      : lineOf(each.item as Unknown, each.scope, each.origin, nowMs);
  }
}

function wrongRecord(item: unknown): string | undefined {
  if (!isRecord(item)) return "a log record must be an object";
  for (const name of ["timeUnixNano", "observedTimeUnixNano"]) {
    if (isGiven(item[name]) && !isTime(item[name])) return wrongTime(name);
  }
  if (isGiven(item["severityNumber"]) && !isCount(item["severityNumber"])) return "severityNumber must be a number";
  if (isGiven(item["attributes"]) && !Array.isArray(item["attributes"])) return "attributes must be a list";
  return undefined;
}

function lineOf(item: Unknown, scope: string, { service }: Origin, nowMs: number): Omit<LogEntry, "id"> {
  const [traceId, spanId] = [idOf(item["traceId"], traceDigits), idOf(item["spanId"], spanDigits)];
  const body = valueOf(item["body"]);
  const attributes = attributesOf(item["attributes"]);
  const message = body ?? attributes["exception.message"] ?? cutText(textOf(item["eventName"]), maxName);
  return {
    at: millisOf(item["timeUnixNano"]) || millisOf(item["observedTimeUnixNano"]) || nowMs,
    service,
    level: levelOfSeverity(numberOf(item["severityNumber"])),
    ...(scope === "" ? {} : { logger: scope }),
    message: typeof message === "string" ? message : JSON.stringify(message),
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    attributes,
  };
}

interface Item {
  readonly item: unknown;
  readonly scope: string;
  readonly origin: Origin;
}

const shapes = {
  traces: { resources: "resourceSpans", scopes: "scopeSpans", name: "spans" },
  logs: { resources: "resourceLogs", scopes: "scopeLogs", name: "logRecords" },
  metrics: { resources: "resourceMetrics", scopes: "scopeMetrics", name: "metrics" },
} as const;

/**
 * The items of a request, one by one, and undefined for each of what is around them. That is looked at first: of what is malformed nothing is taken.
 */
export function* items(request: unknown, signal: OtlpSignal, rejected: Rejections): Generator<Item | undefined> {
  const { resources, scopes, name } = shapes[signal];
  const groups: { readonly list: readonly unknown[]; readonly scope: string; readonly origin: Origin }[] = [];
  if (!isRecord(request)) throw malformed(`A request must be an object with ${resources}.`);
  if (!isGiven(request[resources]) && Object.keys(request).length > 0)
    rejected.say(`there is nothing here to take: what is sent has no ${resources}`);
  for (const ofResource of members(request, resources)) {
    const attributes = attributesOf(recordOf(ofResource["resource"])["attributes"]);
    const origin = {
      service: cutText(textOf(attributes["service.name"]), maxService) || unknownService,
      instance: JSON.stringify([attributes["service.instance.id"], attributes["host.name"], attributes["process.pid"]]),
    };
    for (const inScope of members(ofResource, scopes)) {
      const scope = cutText(textOf(recordOf(inScope["scope"])["name"]), maxService);
      groups.push({ list: listIn(inScope, name), scope, origin });
      yield;
    }
    yield;
  }
  for (const { list, scope, origin } of groups) for (const item of list) yield { item, scope, origin };
}

function members(whole: Unknown, name: string): readonly Unknown[] {
  const list = listIn(whole, name);
  if (!list.every(isRecord)) throw malformed(`"${name}" must be a list of objects.`);
  return list;
}

function listIn(whole: Unknown, name: string): readonly unknown[] {
  const list = whole[name];
  if (!isGiven(list)) return [];
  if (!Array.isArray(list)) throw malformed(`"${name}" must be a list.`);
  return list;
}
