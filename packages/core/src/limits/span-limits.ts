import { type AttributeList, type AttributeValue, isAttributeValue, putAttribute } from "../model/attributes.ts";
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
}

/** Sets one attribute within the limits. Answers how many were dropped: 0 or 1. A value no attribute may hold is a drop; undefined and null set nothing. */
export function putLimited(list: AttributeList, key: string, value: unknown, limits: LimitSettings): number {
  if (value === undefined || value === null) return 0;
  const allowed = allowedValue(value, limits);
  if (allowed === undefined || typeof key !== "string" || key === "") return 1;
  return putAttribute(list, key, allowed, limits.attributes) ? 1 : 0;
}

/** Sets each attribute of an object within the limits. Answers how many were dropped. A getter that throws is a drop. */
export function putLimitedAll(
  list: AttributeList,
  attributes: object | undefined | null,
  limits: LimitSettings,
): number {
  if (typeof attributes !== "object" || attributes === null) return 0;
  try {
    return list.length === 0 ? appendAll(list, attributes, limits) : putAll(list, attributes, limits);
  } catch {
    return 1;
  }
}

function putAll(list: AttributeList, attributes: object, limits: LimitSettings): number {
  let dropped = 0;
  for (const key in attributes) dropped += putLimited(list, key, (attributes as Record<string, unknown>)[key], limits);
  return dropped;
}

/** Into an empty list without looking for earlier values: the names of one object differ. */
function appendAll(list: AttributeList, attributes: object, limits: LimitSettings): number {
  const room = limits.attributes * 2;
  let dropped = 0;
  for (const key in attributes) {
    const value: unknown = (attributes as Record<string, unknown>)[key];
    if (value === undefined || value === null) continue;
    const allowed = allowedValue(value, limits);
    if (allowed === undefined || key === "" || list.length >= room) dropped++;
    else list.push(key, allowed);
  }
  return dropped;
}

/** The value within its length; undefined for one no attribute may hold. */
function allowedValue(value: unknown, limits: LimitSettings): AttributeValue | undefined {
  switch (typeof value) {
    case "string":
      return value.length <= limits.valueLength ? value : limitValue(value, limits);
    case "number":
    case "boolean":
      return value;
    default:
      return isAttributeValue(value) ? limitValue(value, limits) : undefined;
  }
}
