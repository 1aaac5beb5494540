import { nameVerdict, redactedValue } from "../limits/attribute-names.ts";
import type { LimitSettings } from "../limits/span-limits.ts";
import { truncate } from "../limits/truncate.ts";
import { exceptionAttributes } from "../model/foreign/exception-attributes.ts";
import type { LogAttributeList, LogValue } from "../otlp/logs/log-record.ts";
import type { LogContent } from "./log-line.ts";

/** What of a record is within the limits. */
export interface FittedContent {
  readonly body: LogValue | undefined;
  readonly attributes: LogAttributeList;
  readonly dropped: number;
}

/** A body is what the line is there for: it may be longer than an attribute. */
const maxBodyLength = 32_768;
/** A stack is in no other place. */
const maxStackLength = 16_384;
const stackKey = "exception.stacktrace";
const maxKeyLength = 1_024;
const maxDepth = 8;
/** Values inside of values, over a whole record. */
const maxParts = 1_000;

let parts = 0;

/** Brings the content of a record within the limits of spans. What is taken away is counted; getters that throw are a drop. */
export function fitLogContent(content: LogContent, limits: LimitSettings, room: number): FittedContent {
  parts = 0;
  const { pairs, attributes, exception, omit } = content;
  const isWithin = pairs !== undefined && arePairsWithin(pairs, limits, room);
  const list: LogAttributeList = isWithin ? pairs : [];
  let dropped = pairs === undefined || isWithin ? 0 : putPairs(list, pairs, limits, room);
  if (exception !== undefined && exception !== null) dropped += putException(list, exception, attributes, limits, room);
  dropped += putAll(list, attributes, limits, room, omit);
  return { body: bodyOf(content.body, limits), attributes: list, dropped };
}

/** The same for attributes alone. */
export function fitLogAttributes(attributes: object, limits: LimitSettings): LogAttributeList {
  parts = 0;
  const list: LogAttributeList = [];
  putAll(list, attributes, limits, limits.attributes);
  return list;
}

/** Whether nothing is to be taken from them: most often so, and then the list is the record's as it is. */
function arePairsWithin(pairs: LogAttributeList, limits: LimitSettings, room: number): boolean {
  const { names, valueLength } = limits;
  if (names !== undefined || pairs.length > room * 2) return false;
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i] as string;
    const value = pairs[i + 1];
    // A stack has another limit.
    if (key === "" || key.length > maxKeyLength || key === stackKey) return false;
    if (typeof value === "string" && value.length > valueLength) return false;
  }
  return true;
}

function putPairs(list: LogAttributeList, pairs: LogAttributeList, limits: LimitSettings, room: number): number {
  let dropped = 0;
  for (let i = 0; i < pairs.length; i += 2) dropped += put(list, pairs[i] as string, pairs[i + 1], limits, room);
  return dropped;
}

function putException(
  list: LogAttributeList,
  exception: unknown,
  attributes: object | undefined,
  limits: LimitSettings,
  room: number,
): number {
  let dropped = 0;
  for (const [key, value] of Object.entries(exceptionAttributes(exception))) {
    // What the record says itself wins.
    if (value === undefined || (attributes !== undefined && key in attributes)) continue;
    dropped += put(list, key, value, limits, room);
  }
  return dropped;
}

function putAll(
  list: LogAttributeList,
  attributes: object | undefined,
  limits: LimitSettings,
  room: number,
  omit?: ReadonlySet<string>,
): number {
  let dropped = 0;
  try {
    for (const key in attributes) {
      if (omit?.has(key) !== true) dropped += putOf(list, attributes, key, limits, room);
    }
  } catch {
    // A proxy may refuse even its names.
    dropped++;
  }
  return dropped;
}

function putOf(list: LogAttributeList, owner: object, key: string, limits: LimitSettings, room: number): number {
  try {
    return put(list, key, (owner as Record<string, unknown>)[key], limits, room);
  } catch {
    return 1;
  }
}

/** Answers how many were dropped: 0 or 1. */
function put(list: LogAttributeList, key: string, value: unknown, limits: LimitSettings, room: number): number {
  if (value === undefined) return 0;
  if (key === "" || key.length > maxKeyLength) return 1;
  const { names } = limits;
  let given = value;
  if (names !== undefined) {
    const verdict = names(key);
    if (verdict === nameVerdict.remove) return 0;
    if (verdict === nameVerdict.redact) given = redactedValue;
  }
  if (list.length >= room * 2) return 1;
  const fitted =
    key === stackKey && typeof given === "string"
      ? truncate(given, maxStackLength, limits.truncateMarker)
      : fit(given, key, limits, 0);
  if (fitted === undefined) return 1;
  list.push(key, fitted);
  return 0;
}

function bodyOf(body: unknown, limits: LimitSettings): LogValue | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return truncate(body, maxBodyLength, limits.truncateMarker);
  try {
    return fit(body, "", limits, 0);
  } catch {
    return undefined;
  }
}

/** The value within the limits, as a copy where it has parts; undefined for what no record may hold. Throws where a getter does. */
function fit(value: unknown, path: string, limits: LimitSettings, depth: number): LogValue | undefined {
  switch (typeof value) {
    case "string":
      return truncate(value, limits.valueLength, limits.truncateMarker);
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return String(value);
    case "object":
      return value === null ? null : fitParts(value, path, limits, depth);
    default:
      return undefined;
  }
}

function fitParts(value: object, path: string, limits: LimitSettings, depth: number): LogValue {
  if (value instanceof Uint8Array) return value.slice(0, limits.valueLength);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (depth >= maxDepth) return limits.truncateMarker;
  if (Array.isArray(value)) {
    const items: LogValue[] = [];
    for (let i = 0; i < Math.min(value.length, limits.arrayItems) && parts < maxParts; i++) {
      parts++;
      items.push(fit(value[i], path, limits, depth + 1) ?? null);
    }
    return items;
  }
  const own = value instanceof Error ? exceptionAttributes(value) : value;
  const map: Record<string, LogValue> = Object.create(null) as Record<string, LogValue>;
  let members = 0;
  for (const key in own) {
    if (members >= limits.attributes || parts >= maxParts) break;
    const inner = path === "" ? key : `${path}.${key}`;
    const verdict = limits.names?.(inner) ?? nameVerdict.keep;
    if (verdict === nameVerdict.remove || key.length > maxKeyLength) continue;
    parts++;
    const given = verdict === nameVerdict.redact ? redactedValue : (own as Record<string, unknown>)[key];
    const fitted = fit(given, inner, limits, depth + 1);
    if (fitted === undefined) continue;
    map[key] = fitted;
    members++;
  }
  return map;
}
