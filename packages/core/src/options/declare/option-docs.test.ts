import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optionDocs } from "./option-docs.ts";
import type { OptionTable } from "./option-entry.ts";
import { optionTable } from "./option-table.ts";
import { boolean, text } from "../validate/checks.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

interface Declared {
  readonly type: string;
  readonly sentence: string;
  readonly defaultText: string | undefined;
}

/** The options as their TSDoc declares them, by dotted name. */
function declaredOptions(): Map<string, Declared> {
  const source = readFileSync(new URL("./telemetry-options.ts", import.meta.url), "utf8");
  const interfaces = new Map<string, [string, Declared][]>();
  for (const [, name = "", body = ""] of source.matchAll(/^export interface (\w+)[^\n]*\{\n(.*?)^\}/gms)) {
    const members = [...body.matchAll(/\/\*\* (.*?) \*\/\n {2}(\w+)\?: (.*);/g)].map(
      ([, doc = "", member = "", type = ""]): [string, Declared] => {
        const [words = "", defaultText] = doc.split(" @default ");
        return [member, { type, sentence: /^.*?\.(?= |$)/.exec(words)?.[0] ?? "", defaultText }];
      },
    );
    interfaces.set(name, members);
  }
  const flatten = (name: string, prefix: string): [string, Declared][] =>
    (interfaces.get(name) ?? []).flatMap(([member, declared]) =>
      interfaces.has(declared.type)
        ? flatten(declared.type, `${prefix}${member}.`)
        : [[prefix + member, declared] as [string, Declared]],
    );
  return new Map(flatten("TelemetryOptions", ""));
}

test("every option is documented in the table in the order of its declaration (R-C1)", () => {
  expect(optionDocs.map(({ name }) => name)).toEqual([...declaredOptions().keys()]);
});

test.each(optionDocs)("$name has the same default and first sentence in table and TSDoc (R-C1)", (row) => {
  const declared = declaredOptions().get(row.name);
  expect(declared?.defaultText).toBe(row.default);
  expect(declared?.sentence).toBe(row.description);
  expect(row.type).not.toBe("");
});

test("a table with a missing, an extra or a mistyped entry does not compile (R-C1)", () => {
  const entry = { check: text, default: undefined, description: "" };
  const { serviceName: _serviceName, ...missing } = optionTable;
  // @ts-expect-error -- serviceName is missing
  const withoutOne: OptionTable<TelemetryOptions> = missing;
  // @ts-expect-error -- there is no such option
  const withOneMore: OptionTable<TelemetryOptions> = { ...missing, serviceName: entry, serviceTitle: entry };
  // @ts-expect-error -- a name is text
  const mistyped: OptionTable<TelemetryOptions> = { ...missing, serviceName: { ...entry, check: boolean } };
  expect([withoutOne, withOneMore, mistyped]).toHaveLength(3);
});
