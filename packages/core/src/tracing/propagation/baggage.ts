import { type Baggage, type BaggageEntry, baggageEntryMetadataFromString, propagation } from "@opentelemetry/api";
import { hasWholeEscapes, percentDecode } from "../../limits/percent-decode.ts";
import type { Tally } from "../../tally/tally.ts";
import { isToken } from "./header-text.ts";
import { trimSpace } from "./tracestate.ts";

/** The most entries a baggage may have here, in and out. */
export const maxBaggageEntries = 180;
/** The most bytes a baggage may have here over all its headers together, commas counted in. */
export const maxBaggageBytes = 8_192;

/** What baggage is read and passed on. */
export interface BaggageLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Undefined: every key. */
  readonly allowsIncoming: ((key: string) => boolean) | undefined;
  readonly allowsOutgoing: ((key: string) => boolean) | undefined;
}

const widest: BaggageLimits = {
  maxEntries: maxBaggageEntries,
  maxBytes: maxBaggageBytes,
  allowsIncoming: undefined,
  allowsOutgoing: undefined,
};

/**
 * Reads a baggage header, or all of them when it was repeated; undefined when nothing in it is valid.
 *
 * Keys are tokens and taken as they are; of equal keys the last counts. What comes behind the first semicolon is kept as metadata. Drops are
 * counted as `baggage-malformed` (also a broken percent-escape), `baggage-refused` (not allowed), `baggage-entries` and `baggage-bytes`.
 * Source: W3C Baggage.
 */
export function parseBaggage(
  header: string | readonly string[],
  drops: Tally,
  limits: BaggageLimits = widest,
): Baggage | undefined {
  const entries = new BaggageReader(drops, limits);
  if (typeof header === "string") entries.read(header);
  else for (const line of header) entries.read(line);
  return entries.baggage();
}

/**
 * The header of a baggage; empty when there is nothing to send.
 *
 * Entries whose key is no token, and those beyond the bounds, are drops; metadata a header cannot carry is left out. Counted as by
 * {@link parseBaggage}.
 */
export function formatBaggage(baggage: Baggage, drops: Tally, limits: BaggageLimits = widest): string {
  const { maxEntries, maxBytes, allowsOutgoing } = limits;
  let header = "";
  let count = 0;
  for (const [key, entry] of baggage.getAllEntries()) {
    if (allowsOutgoing !== undefined && !allowsOutgoing(key)) {
      drops.add("baggage-refused");
      continue;
    }
    const member = formatMember(key, entry);
    const separator = header === "" ? "" : ",";
    if (member === undefined) drops.add("baggage-malformed");
    else if (count === maxEntries) drops.add("baggage-entries");
    else if (header.length + separator.length + member.length > maxBytes) drops.add("baggage-bytes");
    else {
      header += separator + member;
      count++;
    }
  }
  return header;
}

class BaggageReader {
  readonly #drops: Tally;
  readonly #limits: BaggageLimits;
  // Without a prototype, so that `__proto__` is a key like any other.
  readonly #entries = Object.create(null) as Record<string, BaggageEntry>;
  #count = 0;
  #bytes = 0;

  constructor(drops: Tally, limits: BaggageLimits) {
    this.#drops = drops;
    this.#limits = limits;
  }

  read(header: string): void {
    let start = 0;
    while (start < header.length) {
      const comma = header.indexOf(",", start);
      const end = comma === -1 ? header.length : comma;
      this.#bytes += end - start + (this.#bytes === 0 ? 0 : 1);
      if (this.#bytes > this.#limits.maxBytes) this.#drops.add("baggage-bytes");
      else this.#readMember(trimSpace(header, start, end));
      start = end + 1;
    }
  }

  baggage(): Baggage | undefined {
    return this.#count === 0 ? undefined : propagation.createBaggage(this.#entries);
  }

  #readMember(member: string): void {
    if (member === "") return;
    const semicolon = member.indexOf(";");
    const pairEnd = semicolon === -1 ? member.length : semicolon;
    const equals = member.indexOf("=");
    const key = trimSpace(member, 0, equals);
    const value = equals === -1 || equals > pairEnd ? undefined : decode(trimSpace(member, equals + 1, pairEnd));
    if (value === undefined || !isToken(key)) {
      this.#drops.add("baggage-malformed");
      return;
    }
    const { maxEntries, allowsIncoming } = this.#limits;
    if (allowsIncoming !== undefined && !allowsIncoming(key)) {
      this.#drops.add("baggage-refused");
      return;
    }
    const isNew = this.#entries[key] === undefined;
    if (isNew && this.#count === maxEntries) {
      this.#drops.add("baggage-entries");
      return;
    }
    if (isNew) this.#count++;
    this.#entries[key] = withMetadata(value, trimSpace(member, pairEnd + 1, member.length));
  }
}

function withMetadata(value: string, metadata: string): BaggageEntry {
  if (metadata === "" || !isPrintable(metadata)) return { value };
  return { value, metadata: baggageEntryMetadataFromString(metadata) };
}

/** A value without its percent-escapes; undefined when one is broken. Bytes that are no UTF-8 become U+FFFD, as W3C has it. */
function decode(value: string): string | undefined {
  if (!isPrintable(value)) return undefined;
  return hasWholeEscapes(value) ? percentDecode(value) : undefined;
}

function formatMember(key: string, entry: BaggageEntry): string | undefined {
  const { value } = entry;
  if (!isToken(key) || typeof value !== "string") return undefined;
  // Too long in any case; not worth encoding a megabyte.
  const text =
    value.length > maxBaggageBytes ? value : encodeURIComponent(value.replace(/[\ud800-\udfff]/gu, "\ufffd"));
  const metadata = String(entry.metadata ?? "");
  return metadata !== "" && isPrintable(metadata) && !metadata.includes(",")
    ? `${key}=${text};${metadata}`
    : `${key}=${text}`;
}

function isPrintable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 || code > 0x7e) && code !== 9) return false;
  }
  return true;
}
