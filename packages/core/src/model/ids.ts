const hexByte = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** The eight lower-case hex digits of a 32-bit integer. */
export function hex32(word: number): string {
  return hexByte[word >>> 24]! + hexByte[(word >>> 16) & 255]! + hexByte[(word >>> 8) & 255]! + hexByte[word & 255]!;
}

/** The 32-bit integer that eight hex digits at `offset` spell, signed. The digits must have been checked. */
export function word32(hex: string, offset: number): number {
  return Number.parseInt(hex.slice(offset, offset + 8), 16) | 0;
}

/** A trace id as four 32-bit words, first word first; text is made only when someone asks. */
export interface TraceWords {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
}

/** A trace id and a span id as text. */
export interface IdTexts {
  readonly traceId: string;
  readonly spanId: string;
}

const idDigits = 48;
const traceIdDigits = 32;
// Two digits are written at once, as they lie in memory.
const digitPairs = new Uint16Array(idDigits / 2);
const digits = Buffer.from(digitPairs.buffer);
const pairOfByte = Uint16Array.from(
  hexByte,
  (pair) => new Uint16Array(new Uint8Array(Buffer.from(pair)).buffer)[0] ?? 0,
);

/**
 * Both ids of a span at once. Texts that are put together from pieces are trees until somebody writes them, and cost three times as much as these,
 * which are cut from one.
 */
export function idTexts({ t0, t1, t2, t3 }: TraceWords, s0: number, s1: number): IdTexts {
  putWord(0, t0);
  putWord(4, t1);
  putWord(8, t2);
  putWord(12, t3);
  putWord(16, s0);
  putWord(20, s1);
  const both = digits.toString("latin1");
  return { traceId: both.slice(0, traceIdDigits), spanId: both.slice(traceIdDigits) };
}

function putWord(at: number, word: number): void {
  digitPairs[at] = pairOfByte[word >>> 24]!;
  digitPairs[at + 1] = pairOfByte[(word >>> 16) & 255]!;
  digitPairs[at + 2] = pairOfByte[(word >>> 8) & 255]!;
  digitPairs[at + 3] = pairOfByte[word & 255]!;
}
