import type { AttributeValue } from "../model/attributes.ts";

export interface ValueLimits {
  /** Characters (UTF-16 units) of a text value, the marker counted in. */
  readonly valueLength: number;
  /** Ends a text that was cut, so that a reader sees it. Left out where it would not fit. */
  readonly truncateMarker: string;
  readonly arrayItems: number;
}

/** The value within the limits: texts cut, long arrays shortened. The same reference when nothing exceeds. */
export function limitValue(value: AttributeValue, limits: ValueLimits): AttributeValue {
  if (typeof value === "string") return truncate(value, limits.valueLength, limits.truncateMarker);
  if (typeof value !== "object") return value;
  return limitArray(value, limits);
}

/** The text in at most `length` characters, the marker counted in. Never ends in half a surrogate pair. */
export function truncate(text: string, length: number, marker: string): string {
  if (text.length <= length) return text;
  const end = marker.length <= length ? marker : "";
  return text.slice(0, wholeCharacters(text, length - end.length)) + end;
}

/** The greatest cut up to `length` that does not part a surrogate pair. */
function wholeCharacters(text: string, length: number): number {
  if (length <= 0) return 0;
  const last = text.charCodeAt(length - 1);
  const next = text.charCodeAt(length);
  const parts = last >= 0xd800 && last <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
  return parts ? length - 1 : length;
}

function limitArray(values: Exclude<AttributeValue, string | number | boolean>, limits: ValueLimits): AttributeValue {
  const { valueLength, truncateMarker, arrayItems } = limits;
  let limited: (string | number | boolean | null | undefined)[] | undefined;
  if (values.length > arrayItems) limited = values.slice(0, arrayItems);
  const count = Math.min(values.length, arrayItems);
  for (let i = 0; i < count; i++) {
    const item = values[i];
    if (typeof item === "string" && item.length > valueLength) {
      limited ??= values.slice();
      limited[i] = truncate(item, valueLength, truncateMarker);
    }
  }
  // Still of one kind: only texts were replaced, and by texts.
  return (limited as AttributeValue | undefined) ?? values;
}
