import type { Attributes as ApiAttributes } from "@opentelemetry/api";

/** A value an attribute may hold: a primitive, or an array of one kind of primitive. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly (string | null | undefined)[]
  | readonly (number | null | undefined)[]
  | readonly (boolean | null | undefined)[];

/** Attributes as users give them. Empty keys and values of other kinds are dropped. */
export interface Attributes {
  readonly [key: string]: AttributeValue | undefined;
}

/**
 * Attributes as the request path keeps them: keys at even, values at odd places.
 *
 * One flat array costs a fraction of an object with many shapes, and is read once, in order, by the writer.
 */
export type AttributeList = (string | AttributeValue)[];

/** The same as the API has them, in an object of its own. */
export function attributeRecord(list: AttributeList): ApiAttributes {
  const record: ApiAttributes = {};
  for (let i = 0; i < list.length; i += 2) setOwn(record, list[i] as string, list[i + 1]);
  return record;
}

/** Sets a member under any name: assigned, `__proto__` would change the prototype. */
function setOwn<Value>(record: Record<string, Value>, key: string, value: Value): void {
  if (key !== "__proto__") record[key] = value;
  else Object.defineProperty(record, key, { configurable: true, enumerable: true, writable: true, value });
}

/** Puts a value under a key, in place of an earlier one. Answers whether it was new and the list already holds `limit` pairs, so that it was dropped. */
export function putAttribute(list: AttributeList, key: string, value: AttributeValue, limit: number): boolean {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === key) {
      list[i + 1] = value;
      return false;
    }
  }
  if (list.length >= limit * 2) return true;
  list.push(key, value);
  return false;
}

/** Whether OpenTelemetry allows the value: a string, a finite or non-finite number, a boolean, or an array of one kind of them with holes. */
export function isAttributeValue(value: unknown): value is AttributeValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return true;
    case "object":
      return Array.isArray(value) && isUniform(value);
    default:
      return false;
  }
}

function isUniform(values: readonly unknown[]): boolean {
  let kind: string | undefined;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    const type = typeof value;
    if (type !== "string" && type !== "number" && type !== "boolean") return false;
    if (kind === undefined) kind = type;
    else if (kind !== type) return false;
  }
  return true;
}
