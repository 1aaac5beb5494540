const percent = 37;

/**
 * Percent-decodes what can be decoded, by hand: `decodeURIComponent` throws at the first broken escape, and an exception for each parameter of a
 * query costs more than the request. Broken escapes stay as they are; bytes that are no UTF-8 become U+FFFD. Takes time linear in the length.
 */
export function percentDecode(text: string): string {
  let at = text.indexOf("%");
  if (at === -1) return text;
  let result = "";
  let copied = 0;
  while (at !== -1) {
    const byte = escapedByte(text, at);
    if (byte === -1) {
      at = text.indexOf("%", at + 1);
      continue;
    }
    result += text.slice(copied, at);
    if (byte < 0x80) {
      result += String.fromCharCode(byte);
      copied = at + 3;
    } else {
      copied = endOfBytes(text, at);
      result += utf8(text, at, copied);
    }
    at = text.indexOf("%", copied);
  }
  return result + text.slice(copied);
}

/** Whether each `%` of the text begins an escape. */
export function hasWholeEscapes(text: string): boolean {
  for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", at + 3)) {
    if (escapedByte(text, at) === -1) return false;
  }
  return true;
}

/** The byte that the escape at a place stands for; -1 where there is none. */
function escapedByte(text: string, at: number): number {
  if (text.charCodeAt(at) !== percent) return -1;
  const high = hexDigit(text.charCodeAt(at + 1));
  const low = hexDigit(text.charCodeAt(at + 2));
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

/** Where the run of escapes above ASCII ends: no character of UTF-8 reaches beyond it. */
function endOfBytes(text: string, start: number): number {
  let end = start;
  while (escapedByte(text, end) >= 0x80) end += 3;
  return end;
}

function utf8(text: string, start: number, end: number): string {
  const bytes = Buffer.allocUnsafe((end - start) / 3);
  for (let i = 0; i < bytes.length; i++) bytes[i] = escapedByte(text, start + i * 3);
  return bytes.toString("utf8");
}

/** -1 for what is none, NaN beyond the end included. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
