import { isHex, spanIdText, traceIdText, type TraceWords } from "../../model/ids.ts";

/** The ids and flags of a span as 32-bit words, as the wire carries them. */
export interface SpanWords extends TraceWords {
  readonly s0: number;
  readonly s1: number;
  /** The bits this version knows: sampled 1, random 2. */
  readonly flags: number;
}

/** Where the fields of a version 00 header begin, and its whole length. */
const traceAt = 3;
const spanAt = 36;
const flagsAt = 53;
const length = 55;

const knownFlags = 3;
const dash = 45;

/**
 * Reads a `traceparent` header; undefined when the trace has to start anew.
 *
 * Version 00 must fit to the letter, a later version by its prefix, version `ff` never. Upper-case digits and all-zero ids are refused; space
 * around the value is not. Flags this version does not know are cleared. Source: W3C Trace Context level 2.
 */
export function parseTraceparent(header: string): SpanWords | undefined {
  let start = 0;
  let end = header.length;
  while (start < end && isSpace(header.charCodeAt(start))) start++;
  while (end > start && isSpace(header.charCodeAt(end - 1))) end--;
  const size = end - start;
  if (size < length || !isHex(header, start, 2) || !hasFields(header, start)) return undefined;
  const version = byteAt(header, start);
  if (version === 255) return undefined;
  if (size > length && (version === 0 || header.charCodeAt(start + length) !== dash)) return undefined;

  const t0 = wordAt(header, start + traceAt);
  const t1 = wordAt(header, start + traceAt + 8);
  const t2 = wordAt(header, start + traceAt + 16);
  const t3 = wordAt(header, start + traceAt + 24);
  const s0 = wordAt(header, start + spanAt);
  const s1 = wordAt(header, start + spanAt + 8);
  if ((t0 | t1 | t2 | t3) === 0 || (s0 | s1) === 0) return undefined;
  return { t0, t1, t2, t3, s0, s1, flags: byteAt(header, start + flagsAt) & knownFlags };
}

/** The `traceparent` header of a span, version 00. Flags outside its two known bits are cleared. */
export function formatTraceparent(words: Omit<SpanWords, "flags">, flags: number): string {
  return `00-${traceIdText(words)}-${spanIdText(words.s0, words.s1)}-0${flags & knownFlags}`;
}

function hasFields(header: string, start: number): boolean {
  return (
    header.charCodeAt(start + traceAt - 1) === dash &&
    isHex(header, start + traceAt, 32) &&
    header.charCodeAt(start + spanAt - 1) === dash &&
    isHex(header, start + spanAt, 16) &&
    header.charCodeAt(start + flagsAt - 1) === dash &&
    isHex(header, start + flagsAt, 2)
  );
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** The value of a digit that `isHex` has checked. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function byteAt(text: string, offset: number): number {
  return (digit(text.charCodeAt(offset)) << 4) | digit(text.charCodeAt(offset + 1));
}

function wordAt(text: string, offset: number): number {
  let word = 0;
  for (let i = offset; i < offset + 8; i++) word = (word << 4) | digit(text.charCodeAt(i));
  return word;
}
