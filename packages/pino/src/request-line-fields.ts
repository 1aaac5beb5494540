import type { Fields } from "./fields/field-style.ts";

let current: object | undefined;

/** Whether an object that pino is about to write is the fields of a request's line, which need nothing more. */
export function isRequestLine(fields: object): boolean {
  return fields === current;
}

/** Runs what writes these fields, as those of a request's line. pino writes at once, so there is only one at a time. */
export function asRequestLine(fields: Fields, write: (fields: Fields) => void): void {
  const before = current;
  current = fields;
  try {
    write(fields);
  } finally {
    current = before;
  }
}
