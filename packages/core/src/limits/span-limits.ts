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
  switch (typeof value) {
    case "number":
    case "boolean":
      break;
    case "string":
      if (value.length > limits.valueLength) return put(list, key, limitValue(value, limits), limits);
      break;
    default:
      if (value === undefined || value === null) return 0;
      if (!isAttributeValue(value)) return 1;
      return put(list, key, limitValue(value, limits), limits);
  }
  return put(list, key, value, limits);
}

/** Sets each attribute of an object within the limits. Answers how many were dropped. A getter that throws is a drop. */
export function putLimitedAll(list: AttributeList, attributes: object | undefined | null, limits: LimitSettings): number {
  let dropped = 0;
  if (typeof attributes !== "object" || attributes === null) return 0;
  try {
    for (const key in attributes) {
      dropped += putLimited(list, key, (attributes as Record<string, unknown>)[key], limits);
    }
  } catch {
    dropped++;
  }
  return dropped;
}

function put(list: AttributeList, key: string, value: AttributeValue, limits: LimitSettings): number {
  if (typeof key !== "string" || key === "") return 1;
  return putAttribute(list, key, value, limits.attributes) ? 1 : 0;
}
