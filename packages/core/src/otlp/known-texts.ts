import type { AttributeValue } from "../model/attributes.ts";

/** Bytes to be copied four at a time. */
export interface Words {
  readonly words: Int32Array;
  /** How many of their bytes count. */
  readonly length: number;
}

/** A text that came before, as bytes. */
export interface KnownText {
  readonly text: string;
  /** Its UTF-8 bytes behind their length byte. */
  readonly bytes: Words;
  /** Its place among all, from 0 on. */
  readonly id: number;
  /** As a key: the value that was written with it last. */
  value: AttributeValue | undefined;
  /** As a key: the whole pair with that value, behind its length byte; undefined until the value came twice in a row. */
  pair: Words | undefined;
}

/** Attribute keys and span names are few and come again with every span; a service has some hundred. */
const maxTexts = 4_000;
const maxLength = 64;
/** Spans of one kind have the same name and set the same keys in the same order: a text is first looked for where it was last. */
const keyPlaces = 64;
/** Places behind those of keys. */
export const namePlace = 64;
const places = 65;
/** Texts that came once, by their hash. A power of two. */
const oncePlaces = 1_024;

/**
 * Keeps the bytes of texts that come again: copying words is several times faster than reading a string character by character. A pair whose
 * value comes again (method, scheme, host, port) is copied whole.
 *
 * Holds the first 4,000 texts of up to 64 bytes that came twice within some hundred others: made-up ones, which never come again, do not fill it. Of
 * what callers send nothing is kept but the last one, while it repeats.
 */
export class KnownTexts {
  readonly #known = new Map<string, KnownText>();
  /** Hashes, not texts: a text may hold on to the request that it was cut from. */
  readonly #once = new Int32Array(oncePlaces);
  #repeated: KnownText | undefined = undefined;
  #repeatedHash = 0;
  readonly #lastAt: (KnownText | undefined)[] = Array.from({ length: places }, () => undefined);

  /** Undefined for a text that is longer than 64 bytes, that comes for the first time, or is new when the table is full. */
  get(text: string): KnownText | undefined {
    return this.#known.get(text) ?? this.#learn(text);
  }

  /** The same for the text at a place, which most often is the one that was there last. */
  at(place: number, text: string): KnownText | undefined {
    const last = this.#lastAt[place];
    if (last !== undefined && last.text === text) return last;
    const known = this.get(text);
    this.#lastAt[place] = known;
    return known;
  }

  /** The same for the key at a place of a list. */
  key(place: number, text: string): KnownText | undefined {
    return place < keyPlaces ? this.at(place, text) : this.get(text);
  }

  /** The text that came last, while it repeats; it takes no place of others, whoever makes it up. */
  repeated(text: string): KnownText | undefined {
    const last = this.#repeated;
    if (last !== undefined && last.text === text) return last;
    if (text.length > maxLength) return undefined;
    const hash = hashOf(text);
    if (hash !== this.#repeatedHash) {
      this.#repeatedHash = hash;
      return undefined;
    }
    this.#repeated = knownText(text, -1);
    return this.#repeated;
  }

  #learn(text: string): KnownText | undefined {
    if (text.length > maxLength || this.#known.size >= maxTexts) return undefined;
    const hash = hashOf(text);
    const place = hash & (oncePlaces - 1);
    if (this.#once[place] !== hash) {
      this.#once[place] = hash;
      return undefined;
    }
    const known = knownText(text, this.#known.size);
    if (known !== undefined) this.#known.set(known.text, known);
    return known;
  }
}

/** Undefined where its bytes are too many. */
function knownText(text: string, id: number): KnownText | undefined {
  const utf8 = Buffer.from(text, "utf8");
  if (utf8.length > maxLength) return undefined;
  const bytes = toWords(Buffer.concat([Buffer.of(utf8.length), utf8]));
  // A copy of its own, where the bytes say it all.
  const own = utf8.toString("utf8");
  return { text: own === text ? own : text, bytes, id, value: undefined, pair: undefined };
}

/** FNV-1a, never 0. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0 || 1;
}

/** Little-endian words of bytes, the last one filled up with zeros. */
export function toWords(bytes: Uint8Array): Words {
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  for (let i = 0; i < bytes.length; i++) words[i >> 2]! |= bytes[i]! << ((i & 3) * 8);
  return { words, length: bytes.length };
}

/** Of all spans and metrics of the process. */
export const knownTexts: KnownTexts = new KnownTexts();
