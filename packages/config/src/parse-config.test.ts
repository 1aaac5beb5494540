import { join } from "node:path";
import { readFileSync } from "node:fs";
import { parseConfigFile } from "@opentelemetry/configuration";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parseConfig } from "./index.ts";

const fixture = (name: string): string => join(import.meta.dirname, "../fixtures", name);
const textOf = (name: string): string => readFileSync(fixture(name), "utf8");
const same = (text: string): string => text;
afterEach(() => vi.unstubAllEnvs());

interface WithAttributes {
  readonly resource?: { readonly attributes?: readonly { readonly name: string; readonly value: unknown }[] };
}

function attributesOf(file: unknown): Record<string, unknown> {
  const { attributes = [] } = (file as WithAttributes).resource ?? {};
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}

describe("YAML of a configuration file", () => {
  test("that names all that the schema has is valid for the published one too (R-C4)", () => {
    expect(() => parseConfigFile(fixture("everything.yaml"))).not.toThrow();
  });

  test("is read as the parser of the JavaScript SDK reads it, references included (R-C4)", () => {
    const variables = {
      NUMBER: "7",
      FLAG: "true",
      HEX: "0xff",
      FLOAT: "1.5e2",
      EMPTY: "",
      REFERENCE: "${NUMBER}",
      STRUCTURE: "[1, 2]",
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const substitute = (text: string): string =>
      text.replace(/\$\$|\$\{(?:env:)?(\w+)(?::-([^}]*))?\}/g, (found, name: string, otherwise = "") =>
        found === "$$" ? "$" : process.env[name] || otherwise,
      );
    const ours = attributesOf(parseConfig(textOf("substitution.yaml"), substitute));
    expect(ours).toEqual(attributesOf(parseConfigFile(fixture("substitution.yaml"))));
    expect(ours).toMatchObject({
      "plain.number": 7,
      "quoted.number": "7",
      structure: "[1, 2]",
      "not.again": "${NUMBER}",
    });
  });

  test("has anchors, and merges (R-C4)", () => {
    expect(parseConfig("a: &x { b: 1 }\nc: *x\nd: { <<: *x, e: 2 }\n", same)).toEqual({
      a: { b: 1 },
      c: { b: 1 },
      d: { b: 1, e: 2 },
    });
  });

  test.each([
    ["two of one name", "a: 1\nb: 2\na: 3\n", "line 3: "],
    ["a bracket without an end", "a: [1\n", "line"],
    ["a mapping for a name", "a: 1\n? { b: 1 }\n: 2\n", "line 2: a name that is no text"],
    ["an anchor that is none", "a: *x\n", "x"],
    [
      "aliases that multiply",
      `a: &a [1,1,1,1,1,1,1,1,1]\n${"bcdefgh".replaceAll(/./g, (letter) => `${letter}: &${letter} [${`*${String.fromCodePoint(letter.codePointAt(0)! - 1)},`.repeat(9)}]\n`)}`,
      "alias",
    ],
  ])("with %s is refused (R-C4)", (_, text, message) => {
    expect(() => parseConfig(text, same)).toThrow(message);
  });

  test("whose references are none is refused in the words of whoever replaces them (R-C4)", () => {
    const refuse = (): string => {
      throw new RangeError("no such reference");
    };
    expect(() => parseConfig("a: ${", refuse)).toThrow("no such reference");
  });

  test("is looked for under the name that this package registers (R-C4)", () => {
    expect(Reflect.get(globalThis, Symbol.for("gossamer.config-parser"))).toBe(parseConfig);
  });
});
