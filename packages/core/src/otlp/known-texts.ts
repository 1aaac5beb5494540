import type { AttributeValue } from "../model/attributes.ts";

/** A text that came before, as bytes. */
export interface KnownText {
  /** Its UTF-8 bytes behind their length byte. */
  readonly bytes: Uint8Array;
  /** As a key: the value that was written with it last. */
  value: AttributeValue | undefined;
  /** As a key: the whole pair with that value, behind its length byte; undefined until the value came twice in a row. */
  pair: Uint8Array | undefined;
}

/** Attribute keys and span names are few and come again with every span; a service has some hundred. */
const maxTexts = 4_000;
const maxLength = 64;

/**
 * Keeps the bytes of texts that come again: copying bytes is three times faster than reading a string character by character. A pair whose value
 * comes again (method, scheme, host, port) is copied whole.
 *
 * Holds the first 4,000 texts of up to 64 bytes.
 */
export class KnownTexts {
  readonly #known = new Map<string, KnownText>();

  /** Undefined for a text that is longer than 64 bytes, or new when the table is full. */
  get(text: string): KnownText | undefined {
    return this.#known.get(text) ?? this.#learn(text);
  }

  #learn(text: string): KnownText | undefined {
    if (text.length > maxLength || this.#known.size >= maxTexts) return undefined;
    const utf8 = Buffer.from(text, "utf8");
    if (utf8.length > maxLength) return undefined;
    const bytes = new Uint8Array(utf8.length + 1);
    bytes[0] = utf8.length;
    bytes.set(utf8, 1);
    const known: KnownText = { bytes, value: undefined, pair: undefined };
    this.#known.set(text, known);
    return known;
  }
}

/** Of all spans and metrics of the process. */
export const knownTexts: KnownTexts = new KnownTexts();
