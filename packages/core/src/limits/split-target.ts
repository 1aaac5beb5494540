/** A request target in two parts. */
export interface TargetParts {
  /** Without the query, and never with a host or user: `*` for the asterisk-form, empty for the authority-form, which has none. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
}

const slash = 47;

/**
 * Splits a request target into path and query, whatever the client sent, and never throws.
 *
 * A target that starts with a slash is a path, `//user@host` too (RFC 9112, origin-form). Of `http://user:password@host/path` only the path
 * is told. What is neither has no path. A fragment is dropped.
 */
export function splitTarget(target: string): TargetParts {
  const hash = target.indexOf("#");
  const end = hash === -1 ? target.length : hash;
  const mark = target.indexOf("?");
  const pathEnd = mark === -1 || mark > end ? end : mark;
  return { path: pathOf(target, pathEnd), query: target.slice(pathEnd + 1, end) };
}

function pathOf(target: string, end: number): string {
  if (target.charCodeAt(0) === slash) return target.slice(0, end);
  const authority = authorityStart(target, end);
  if (authority !== -1) {
    const at = target.indexOf("/", authority);
    return at === -1 || at >= end ? "/" : target.slice(at, end);
  }
  return end === 1 && target.startsWith("*") ? "*" : "";
}

/** The place behind `scheme://`, or -1. */
function authorityStart(target: string, end: number): number {
  const colon = target.indexOf(":");
  if (colon < 1 || colon + 3 > end || !target.startsWith("//", colon + 1)) return -1;
  for (let i = 0; i < colon; i++) {
    if (!isSchemeCode(target.charCodeAt(i), i)) return -1;
  }
  return colon + 3;
}

/** RFC 3986: a letter, and from the second place on digits, `+`, `-` and `.` too. */
function isSchemeCode(code: number, at: number): boolean {
  const lower = code | 32;
  if (lower >= 97 && lower <= 122) return true;
  return at > 0 && ((code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46);
}
