import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { isGroup, type AnyGroup } from "../packages/core/src/options/declare/option-entry.ts";
import { optionRoot } from "../packages/core/src/options/declare/option-table.ts";
import { optionDocs } from "../scripts/option-docs.ts";
import { readCode } from "../packages/core/src/options/settle/read-code.ts";
import { optionsSchema } from "../scripts/options-schema.ts";

const file = join(import.meta.dirname, "..", "packages", "core", "options.schema.json");
const schema = JSON.parse(readFileSync(file, "utf8")) as object;
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** What both must agree on: whether the options are right. */
function verdicts(given: unknown): [bySchema: boolean, byCode: boolean] {
  let accepted = true;
  try {
    readCode(given);
  } catch {
    accepted = false;
  }
  return [validate(given), accepted];
}

function nested(dotted: string, value: unknown): unknown {
  return dotted.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

function options(group: AnyGroup = optionRoot, prefix = ""): { name: string; expressible: boolean; value: unknown }[] {
  return Object.entries(group.options).flatMap(([name, entry]) =>
    isGroup(entry)
      ? options(entry, `${prefix}${name}.`)
      : [{ name: prefix + name, expressible: entry.check.schema !== undefined, value: entry.default as unknown }],
  );
}

describe("the JSON schema of the options", () => {
  it("is the one that core ships; `pnpm generate` writes it (R-C1)", () => {
    expect(readFileSync(file, "utf8")).toBe(optionsSchema());
  });

  it("has every option but those that JSON cannot hold (R-C1)", () => {
    const missing = new Set(options().flatMap(({ name, expressible }) => (expressible ? [] : [name])));
    // Objects that JSON can hold are options as a whole.
    const whole = new Set(["rollout", "statsd"]);
    const notJson = optionDocs.filter(({ type }) => /^\(?(?:function|object|SpanExporter|SpanProcessor)/.test(type));
    expect([...missing].sort()).toEqual(notJson.flatMap(({ name }) => (whole.has(name) ? [] : [name])).sort());
  });

  it.each(options().filter(({ expressible, value }) => expressible && value !== undefined))(
    "takes the default of $name (R-C1)",
    ({ name, value }) => {
      expect(verdicts(nested(name, value))).toEqual([true, true]);
    },
  );

  it.each(options().filter(({ expressible }) => expressible))(
    "judges values of $name as the code does (R-C3)",
    ({ name }) => {
      const values = [
        null,
        "",
        "x",
        "GET",
        -1,
        0,
        0.5,
        1,
        7,
        1e12,
        true,
        false,
        [],
        ["x"],
        [1],
        {},
        { x: 1 },
        { x: "y" },
      ];
      for (const value of values) {
        const [bySchema, byCode] = verdicts(nested(name, value));
        // A text may have to be more than JSON can say, such as an address or a certificate: then the code is the stricter one.
        if (byCode || typeof value !== "string") expect([value, bySchema]).toEqual([value, byCode]);
      }
    },
  );

  it.each([
    [{ $schema: "./options.schema.json", preset: "balanced", limits: { valueLength: 2_000 } }, true],
    [{ attributeFilters: [{ keep: "app.*" }, { remove: ["a", "b.*"] }] }, true],
    [{ attributeFilters: [{ keep: "a", remove: "b" }] }, false],
    [{ attributeFilters: [{ remove: "^a" }] }, false],
    [{ rules: [{ match: "GET /users/:id", ratio: 0.1, keep: { errors: true, slowerThanMs: 2_000 } }] }, true],
    [{ rules: [{ match: "/a", rate: 1 }] }, false],
    [{ exporter: ["otlp", "console"] }, true],
    [{ rollout: { key: { header: "x-user" }, ratio: 0.05 } }, true],
    [{ samplerate: 1 }, false],
    [{ limits: { valuelength: 1 } }, false],
    [[], false],
    [null, false],
  ])("%j is right: %s, by schema and by code (R-C3)", (given, right) => {
    expect(verdicts(given)).toEqual([right, right]);
  });
});
