import { cutText } from "../data/cut-text.ts";
import type { PageAttributes, PageValue } from "../protocol.ts";

/** An object of which nothing is known: anybody may have sent it. */
export type Unknown = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): Unknown {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly Unknown[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Of a number or its decimal text. */
export function numberOf(value: unknown): number {
  const number = typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
}

/** In JSON null is as good as nothing. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Of one histogram. */
export const maxBuckets = 10_000;

/** A number of things that is exact, or its decimal text. */
export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(typeof value === "number" ? value : digitsOf(value)) && Number(value) >= 0;
}

/** Nanoseconds in 64 bits with a sign, as clocks have them: until the year 2262. */
const maxNanos = 2 ** 63 - 1;

/** A time since 1970 in nanoseconds, or its decimal text. */
export function isTime(value: unknown): boolean {
  const nanos = typeof value === "number" ? value : digitsOf(value);
  return nanos >= 0 && nanos < maxNanos;
}

/** Of decimal digits and nothing else; of any other NaN. */
function digitsOf(value: unknown): number {
  return /^\d{1,20}$/.test(textOf(value)) ? Number(value) : Number.NaN;
}

/** Milliseconds with fractions of nanoseconds as text: a number of them cannot be exact. */
export function millisOf(nanos: unknown): number {
  if (typeof nanos === "number") return numberOf(nanos) / 1e6;
  const text = /^\d{1,20}$/.test(textOf(nanos)) ? textOf(nanos) : "0";
  return Number(text.slice(0, -6)) + Number(text.slice(-6)) / 1e6;
}

/** Hex digits of an id of so many; undefined for any other, and for all zeros. */
export function idOf(value: unknown, digits: number): string | undefined {
  const id = textOf(value).toLowerCase();
  return id.length === digits && /^[0-9a-f]+$/.test(id) && /[^0]/.test(id) ? id : undefined;
}

const maxAttributes = 200;
const maxKey = 1_024;
const maxText = 32_768;
const maxDepth = 10;

export function attributesOf(list: unknown): PageAttributes {
  const pairs = listOf(list)
    .slice(0, maxAttributes)
    .map(({ key, value }): [string, PageValue] => [cutText(textOf(key), maxKey), valueOf(value, 0)]);
  return Object.fromEntries(pairs.filter(([key]) => key !== ""));
}

export function valueOf(given: unknown, depth = 0): PageValue {
  const value = recordOf(given);
  if (depth > maxDepth) return "…";
  if (typeof value["stringValue"] === "string") return cutText(value["stringValue"], maxText);
  if (typeof value["boolValue"] === "boolean") return value["boolValue"];
  if (value["intValue"] !== undefined) return exactly(value["intValue"]);
  if (value["doubleValue"] !== undefined) return finiteOrText(value["doubleValue"]);
  if (typeof value["bytesValue"] === "string") return cutText(value["bytesValue"], maxText);
  if (value["arrayValue"] !== undefined)
    return listOf(recordOf(value["arrayValue"])["values"])
      .slice(0, maxAttributes)
      .map((member) => valueOf(member, depth + 1));
  if (value["kvlistValue"] !== undefined) {
    const members = listOf(recordOf(value["kvlistValue"])["values"]).slice(0, maxAttributes);
    return Object.fromEntries(
      members.map((member) => [cutText(textOf(member["key"]), maxKey), valueOf(member["value"], depth + 1)]),
    );
  }
  return null;
}

/** One that a number cannot hold stays the text that it came as. */
function exactly(value: unknown): PageValue {
  return typeof value === "string" && /^-?\d{16,20}$/.test(value) && !Number.isSafeInteger(Number(value))
    ? value
    : numberOf(value);
}

/** What JSON has no number for is shown as text. */
function finiteOrText(value: unknown): PageValue {
  const number = Number(value);
  return Number.isFinite(number) || typeof value === "object" ? numberOf(value) : String(number);
}
