/** As much of JSON Schema (draft 2020-12) as options need. Undefined where JSON has no such value: functions, instances. */
export type JsonSchema =
  | { readonly type: "string"; readonly minLength?: number; readonly maxLength?: number; readonly pattern?: string }
  | { readonly type: "number" | "integer"; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: "boolean" }
  | { readonly const: unknown }
  | { readonly enum: readonly string[] }
  | { readonly type: "array"; readonly items: JsonSchema; readonly maxItems?: number; readonly minItems?: number }
  | {
      readonly type: "object";
      readonly properties?: Readonly<Record<string, JsonSchema>>;
      readonly required?: readonly string[];
      readonly additionalProperties: JsonSchema | boolean;
    }
  | { readonly anyOf: readonly JsonSchema[] };

/** What either allows, as far as JSON has it. */
export function anyOf(...schemas: readonly (JsonSchema | undefined)[]): JsonSchema | undefined {
  const known = schemas.flatMap((schema) => (schema === undefined ? [] : "anyOf" in schema ? schema.anyOf : [schema]));
  return known.length > 1 ? { anyOf: known } : known[0];
}

/** An object with these members and no others; members that JSON cannot have are left out. */
export function objectOf(
  members: Readonly<Record<string, { readonly schema?: JsonSchema | undefined }>>,
  required: readonly string[] = [],
): JsonSchema {
  const properties = Object.entries(members).flatMap(([name, { schema }]) =>
    schema === undefined ? [] : [[name, schema] as const],
  );
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
