import type { AnyGroup } from "../packages/core/dist/options/declare/option-entry.js";
import { isGroup } from "../packages/core/dist/options/declare/option-entry.js";
import { optionRoot } from "../packages/core/dist/options/declare/option-table.js";

/** The options as a JSON schema for editors, with the text of the option table. What JSON cannot hold is not in it. */
export function optionsSchema(): string {
  const { properties, ...rest } = schemaOf(optionRoot);
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Options of Gossamer",
    ...rest,
    properties: { $schema: { type: "string" }, ...properties },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

interface GroupSchema {
  readonly description: string;
  readonly type: "object";
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, object>>;
}

function schemaOf(group: AnyGroup): GroupSchema {
  const properties: Record<string, object> = {};
  for (const [name, entry] of Object.entries(group.options)) {
    if (isGroup(entry)) {
      properties[name] = schemaOf(entry);
    } else if (entry.check.schema !== undefined) {
      const description = `${entry.description} Default: ${entry.defaultText ?? JSON.stringify(entry.default) ?? "none"}.`;
      properties[name] = { description, ...entry.check.schema };
    }
  }
  return { description: group.description, type: "object", additionalProperties: false, properties };
}
