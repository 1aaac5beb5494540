import type { AttributeList, AttributeValue } from "../../model/attributes.ts";
import type { SpanData } from "../../model/span-data.ts";

/** A finished span without attributes, events and links: its fields, and the numbers and the array that they point to. */
const spanBase = 600;
const partBase = 160;
/** A key and a value in a list, and the head of the value where it is a text. */
const pairBytes = 40;

/** About how much memory a finished span holds. Keys count as nothing: they are shared. */
export function spanBytes({ attributes, events, links, statusMessage }: SpanData): number {
  let bytes = spanBase + statusMessage.length + listBytes(attributes);
  if (events !== undefined) for (const event of events) bytes += partBase + listBytes(event.attributes);
  if (links !== undefined) {
    for (const link of links) bytes += partBase + link.traceState.length + listBytes(link.attributes);
  }
  return bytes;
}

function listBytes(list: AttributeList): number {
  let bytes = 0;
  for (let i = 1; i < list.length; i += 2) bytes += pairBytes + valueBytes(list[i] as AttributeValue);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object") return 0;
  let bytes = 0;
  for (const item of value) bytes += typeof item === "string" ? pairBytes + item.length : 8;
  return bytes;
}
