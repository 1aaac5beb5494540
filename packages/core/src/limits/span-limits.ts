import type { Attributes as ApiAttributes } from "@opentelemetry/api";
import {
  type AttributeList,
  attributeRecord,
  type AttributeValue,
  isAttributeValue,
  putAttribute,
} from "../model/attributes.ts";
import { type AttributeNames, nameVerdict, redactedValue } from "./attribute-names.ts";
import { limitValue } from "./truncate.ts";

/** How much a span may hold. What exceeds is dropped, and the span says how much. */
export interface LimitSettings {
  /** Characters of a text value, the marker counted in. */
  readonly valueLength: number;
  readonly truncateMarker: string;
  readonly arrayItems: number;
  readonly attributes: number;
  readonly events: number;
  readonly links: number;
  /** Attributes of one event. */
  readonly eventAttributes: number;
  /** Attributes of one link. */
  readonly linkAttributes: number;
  /** What is removed or redacted by its name; undefined when nothing is. That is no drop of the span's: its owner wanted it so. */
  readonly names: AttributeNames | undefined;
}

/** A longer key is a drop, as OTLP has it. */
const maxKeyLength = 1_024;

/** Sets one attribute within the limits. Answers how many were dropped: 0 or 1. A value no attribute may hold is a drop; undefined and null set nothing. */
export function putLimited(list: AttributeList, key: string, value: unknown, limits: LimitSettings): number {
  const allowed = allowedPair(key, value, limits);
  if (allowed === null) return 0;
  return allowed === undefined || putAttribute(list, key, allowed, limits.attributes) ? 1 : 0;
}

/**
 * Sets each attribute of an object within the limits, at most `count` of them in all. Answers how many were dropped. Each whose getter throws is a
 * drop; so is, as one, what a proxy does not tell the names of.
 */
export function putLimitedAll(
  list: AttributeList,
  attributes: object | undefined | null,
  limits: LimitSettings,
  count: number = limits.attributes,
): number {
  if (attributes === undefined || attributes === null) return 0;
  if (typeof attributes !== "object") return 1;
  try {
    return list.length === 0 ? appendAll(list, attributes, limits, count) : putAll(list, attributes, limits);
  } catch {
    return 1;
  }
}

function putAll(list: AttributeList, attributes: object, limits: LimitSettings): number {
  let dropped = 0;
  for (const key in attributes) dropped += putLimited(list, key, readMember(attributes, key), limits);
  return dropped;
}

/** Into an empty list without looking for earlier values: the names of one object differ. */
function appendAll(list: AttributeList, attributes: object, limits: LimitSettings, count: number): number {
  const room = count * 2;
  let dropped = 0;
  for (const key in attributes) {
    const allowed = allowedPair(key, readMember(attributes, key), limits);
    if (allowed === null) continue;
    if (allowed === undefined || list.length >= room) dropped++;
    else list.push(key, allowed);
  }
  return dropped;
}

/** Stands for the value of a getter that throws: no attribute may hold it. */
const unreadable = Symbol("unreadable");

function readMember(owner: object, key: string): unknown {
  try {
    return (owner as Record<string, unknown>)[key];
  } catch {
    return unreadable;
  }
}

/** Takes out of a list what its names say, in place. For attributes that were not put through the limits. */
export function applyNames(list: AttributeList, names: AttributeNames): void {
  let kept = 0;
  for (let i = 0; i < list.length; i += 2) {
    const verdict = names(list[i] as string);
    if (verdict === nameVerdict.remove) continue;
    list[kept] = list[i]!;
    list[kept + 1] = verdict === nameVerdict.redact ? redactedValue : list[i + 1]!;
    kept += 2;
  }
  list.length = kept;
}

/**
 * Takes out of a list what its names say, and what is beyond the number that a span may have. Answers how many those were. For attributes of ours, put
 * without a look at either; a list that fits, as nearly every one does, costs one comparison.
 */
export function fitList(list: AttributeList, limits: LimitSettings): number {
  if (limits.names !== undefined) applyNames(list, limits.names);
  const over = list.length / 2 - limits.attributes;
  if (over <= 0) return 0;
  list.length = limits.attributes * 2;
  return over;
}

/** What of some attributes is within the limits, for a span that is somebody else's and knows none of them. Never throws. */
export function limitedRecord(
  attributes: object | undefined | null,
  limits: LimitSettings,
  count: number = limits.attributes,
): ApiAttributes {
  const list: AttributeList = [];
  putLimitedAll(list, attributes, limits, count);
  return attributeRecord(list);
}

/** What is set under the key: the value within its length; undefined where that is a drop, null where nothing is set. */
function allowedPair(key: string, value: unknown, limits: LimitSettings): AttributeValue | undefined | null {
  if (value === undefined || value === null) return null;
  if (typeof key !== "string" || key === "" || key.length > maxKeyLength) return undefined;
  if (limits.names === undefined) return allowedValue(value, limits);
  const verdict = limits.names(key);
  if (verdict === nameVerdict.remove) return null;
  return allowedValue(verdict === nameVerdict.redact ? redactedValue : value, limits);
}

/** The value within its length; undefined for one no attribute may hold. */
function allowedValue(value: unknown, limits: LimitSettings): AttributeValue | undefined {
  switch (typeof value) {
    case "string":
      return value.length <= limits.valueLength ? value : limitValue(value, limits);
    case "number":
    case "boolean":
      return value;
    case "object":
      return allowedArray(value, limits);
    default:
      return undefined;
  }
}

/** A copy, because its owner may change it before the span is written; undefined for what is no array of one kind, or throws at a look. */
function allowedArray(value: unknown, limits: LimitSettings): AttributeValue | undefined {
  try {
    if (!Array.isArray(value)) return undefined;
    const items: unknown[] = [];
    const count = Math.min(value.length, limits.arrayItems);
    for (let i = 0; i < count; i++) items.push(value[i]);
    return isAttributeValue(items) ? limitValue(items, limits) : undefined;
  } catch {
    return undefined;
  }
}
