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
