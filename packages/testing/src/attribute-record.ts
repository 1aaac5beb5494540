import type { SchemaAnyValue, SchemaKeyValue } from "./otlp-schema.ts";

/** A decoded attribute value. Integers beyond 2^53 are bigints, bytes are a Uint8Array, an empty value is undefined. */
export type ReceivedValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | undefined
  | readonly ReceivedValue[]
  | { readonly [key: string]: ReceivedValue };

export type ReceivedAttributes = Readonly<Record<string, ReceivedValue>>;

/** Attributes as a record. Throws when a key is there twice, which the protocol forbids and a record would hide. */
export function attributeRecord(pairs: readonly SchemaKeyValue[]): ReceivedAttributes {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (seen.has(key)) throw new RangeError(`Attribute ${JSON.stringify(key)} is there twice.`);
    seen.add(key);
  }
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plainValue(value)]));
}

/** The integer that decimal text spells: a number where that is exact, else a bigint. */
export function integer(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** A value as text: for tables and for keys. */
export function valueText(value: ReceivedValue): string {
  if (typeof value !== "object") return String(value);
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
}

/** The value as JavaScript has it. */
export function plainValue(value: SchemaAnyValue | null): ReceivedValue {
  switch (value?.value) {
    case "stringValue":
      return value.stringValue;
    case "boolValue":
      return value.boolValue;
    case "intValue":
      return integer(value.intValue ?? "0");
    case "doubleValue":
      return value.doubleValue;
    case "bytesValue":
      return Uint8Array.from(value.bytesValue ?? []);
    case "arrayValue":
      return (value.arrayValue?.values ?? []).map(plainValue);
    case "kvlistValue":
      return attributeRecord(value.kvlistValue?.values ?? []);
    case undefined:
      return undefined;
  }
}
