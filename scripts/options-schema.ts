import type { AnyGroup } from "../packages/core/dist/options/declare/option-entry.js";
import { isGroup } from "../packages/core/dist/options/declare/option-entry.js";
import { optionRoot } from "../packages/core/dist/options/declare/option-table.js";
import { groupDoc, optionDocs } from "./option-docs.ts";

const docs = new Map(optionDocs.map(({ name, doc }) => [name, doc]));

/** The options as a JSON schema for editors, with the text of their TSDoc. What JSON cannot hold is not in it. */
export function optionsSchema(): string {
  const { properties, ...rest } = schemaOf(optionRoot, "", "All options.");
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

function schemaOf(group: AnyGroup, prefix: string, description: string): GroupSchema {
  const properties: Record<string, object> = {};
  for (const [name, entry] of Object.entries(group.options)) {
    const dotted = prefix + name;
    if (isGroup(entry)) {
      properties[name] = schemaOf(entry, `${dotted}.`, groupDoc(dotted).text);
    } else if (entry.check.schema !== undefined) {
      const doc = docs.get(dotted);
      properties[name] = { description: `${doc?.text} Default: ${doc?.defaultText}.`, ...entry.check.schema };
    }
  }
  return { description, type: "object", additionalProperties: false, properties };
}
