/** The codes of the two lower-case hex digits of each byte. */
const high = Uint8Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0").charCodeAt(0));
const low = Uint8Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0").charCodeAt(1));

/** Whether so many characters from `offset` on are lower-case hex digits. */
export function isHex(text: string, offset: number, count: number): boolean {
  for (let i = offset; i < offset + count; i++) {
    const code = text.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

/** The 32-bit integer that eight hex digits at `offset` spell, signed. The digits must have been checked. */
export function word32(hex: string, offset: number): number {
  let word = 0;
  for (let i = offset; i < offset + 8; i++) {
    const code = hex.charCodeAt(i);
    // The low bits of a digit are its value, those of a letter its value less nine.
    word = (word << 4) | ((code & 15) + (code >> 6) * 9);
  }
  return word;
}

/** A trace id as four 32-bit words, first word first; text is made only when someone asks. */
export interface TraceWords {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
}

/** A span: its trace, and its own id as two words. */
export interface SpanWords extends TraceWords {
  readonly s0: number;
  readonly s1: number;
}

/** The words of a span context, whose ids must have been checked. */
export function spanWords({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): SpanWords {
  return {
    t0: word32(traceId, 0),
    t1: word32(traceId, 8),
    t2: word32(traceId, 16),
    t3: word32(traceId, 24),
    s0: word32(spanId, 0),
    s1: word32(spanId, 8),
  };
}

/** A trace id as 32 lower-case hex digits. Of one piece: put together from several it would be a tree until somebody writes it, and cost three times as much. */
export function traceIdText({ t0, t1, t2, t3 }: TraceWords): string {
  return String.fromCharCode(
    high[t0 >>> 24]!,
    low[t0 >>> 24]!,
    high[(t0 >>> 16) & 255]!,
    low[(t0 >>> 16) & 255]!,
    high[(t0 >>> 8) & 255]!,
    low[(t0 >>> 8) & 255]!,
    high[t0 & 255]!,
    low[t0 & 255]!,
    high[t1 >>> 24]!,
    low[t1 >>> 24]!,
    high[(t1 >>> 16) & 255]!,
    low[(t1 >>> 16) & 255]!,
    high[(t1 >>> 8) & 255]!,
    low[(t1 >>> 8) & 255]!,
    high[t1 & 255]!,
    low[t1 & 255]!,
    high[t2 >>> 24]!,
    low[t2 >>> 24]!,
    high[(t2 >>> 16) & 255]!,
    low[(t2 >>> 16) & 255]!,
    high[(t2 >>> 8) & 255]!,
    low[(t2 >>> 8) & 255]!,
    high[t2 & 255]!,
    low[t2 & 255]!,
    high[t3 >>> 24]!,
    low[t3 >>> 24]!,
    high[(t3 >>> 16) & 255]!,
    low[(t3 >>> 16) & 255]!,
    high[(t3 >>> 8) & 255]!,
    low[(t3 >>> 8) & 255]!,
    high[t3 & 255]!,
    low[t3 & 255]!,
  );
}

/** A span id as 16 lower-case hex digits. */
export function spanIdText(s0: number, s1: number): string {
  return String.fromCharCode(
    high[s0 >>> 24]!,
    low[s0 >>> 24]!,
    high[(s0 >>> 16) & 255]!,
    low[(s0 >>> 16) & 255]!,
    high[(s0 >>> 8) & 255]!,
    low[(s0 >>> 8) & 255]!,
    high[s0 & 255]!,
    low[s0 & 255]!,
    high[s1 >>> 24]!,
    low[s1 >>> 24]!,
    high[(s1 >>> 16) & 255]!,
    low[(s1 >>> 16) & 255]!,
    high[(s1 >>> 8) & 255]!,
    low[(s1 >>> 8) & 255]!,
    high[s1 & 255]!,
    low[s1 & 255]!,
  );
}
