import type { SpanIdentity } from "@gossamer/core";
import type { Fields } from "./fields/field-style.ts";

/** The line of a request that is being written. */
interface WrittenLine {
  fields: object;
  /** Undefined where they are among the fields. */
  readonly ids: SpanIdentity | undefined;
}

let current: WrittenLine | undefined;

/** Whether an object that pino is about to write is the fields of a request's line, which brings its own ids. */
export function isRequestLine(fields: object): boolean {
  return current !== undefined && fields === current.fields;
}

/** The ids of the request's line that is being written, where they are not among its fields. */
export function requestLineIds(): SpanIdentity | undefined {
  return current?.ids;
}

/** Has pino's merging of a line with what a mixin says keep in mind whose line it is. */
export function mergeRequestLines(
  merge: (line: object, mixed: object) => object,
): (line: object, mixed: object) => object {
  return (line, mixed) => {
    const merged = merge(line, mixed);
    if (current !== undefined && line === current.fields) current.fields = merged;
    return merged;
  };
}

/** Runs what writes these fields, as those of a request's line. pino writes at once, so there is only one at a time. */
export function asRequestLine(fields: Fields, ids: SpanIdentity | undefined, write: (fields: Fields) => void): void {
  const before = current;
  current = { fields, ids };
  try {
    write(fields);
  } finally {
    current = before;
  }
}
