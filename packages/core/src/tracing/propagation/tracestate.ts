const maxMembers = 32;
const maxKeyLength = 256;
const maxValueLength = 256;

/**
 * The tracestate as it is carried on: trimmed, without empty members and without what repeats an earlier key. Empty when the header is empty
 * or not valid as a whole: one wrong member, or more than 32, and all of it is dropped; the traceparent stays.
 *
 * Source: W3C Trace Context level 2. Takes time linear in the length.
 */
export function validTraceState(header: string): string {
  const members = new Map<string, string>();
  let count = 0;
  let start = 0;
  while (start < header.length) {
    const comma = header.indexOf(",", start);
    const end = comma === -1 ? header.length : comma;
    const member = trimSpace(header, start, end);
    start = end + 1;
    if (member === "") continue;
    const equals = member.indexOf("=");
    if (++count > maxMembers || equals === -1) return "";
    const key = member.slice(0, equals);
    if (!isTraceStateKey(key) || !isTraceStateValue(member.slice(equals + 1))) return "";
    if (!members.has(key)) members.set(key, member);
  }
  const joined = [...members.values()].join(",");
  return joined === header ? header : joined;
}

/** A lower-case letter or digit, and up to 255 of those, `_`, `-`, `*`, `/` and `@`. */
export function isTraceStateKey(key: string): boolean {
  if (key.length < 1 || key.length > maxKeyLength) return false;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    const isAlphanumeric = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
    if (!isAlphanumeric && (i === 0 || !isKeyPunctuation(code))) return false;
  }
  return true;
}

/** 1 to 256 printable ASCII characters but comma and equals sign, the last one no space. */
export function isTraceStateValue(value: string): boolean {
  if (value.length < 1 || value.length > maxValueLength || value.endsWith(" ")) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x2c || code === 0x3d) return false;
  }
  return true;
}

function isKeyPunctuation(code: number): boolean {
  // _ - * / @
  return code === 95 || code === 45 || code === 42 || code === 47 || code === 64;
}

/** The part of a text without the spaces and tabs around it. */
export function trimSpace(text: string, start: number, end: number): string {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
