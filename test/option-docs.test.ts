import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentTable } from "../packages/core/src/options/declare/environment.ts";
import { declaredInterfaces } from "../scripts/declared-interfaces.ts";
import { optionDocs, optionSections, type OptionDoc } from "../scripts/option-docs.ts";
import { optionsPage } from "../scripts/option-table-markdown.ts";

describe("docs/options.md", () => {
  it("is what the TSDoc of the options says; `pnpm generate` writes it (R-C3)", () => {
    expect(readFileSync(join(import.meta.dirname, "..", "docs", "options.md"), "utf8")).toBe(optionsPage());
  });

  it("has a section for each group, and for each option that is an object (R-C3)", () => {
    const names = optionSections.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["", "queue", "otlp.retry", "samplingFile", "rollout"]));
    expect(new Set(names).size).toBe(names.length);
  });
});

/** What a default by environment is in each, in the order of the text. */
function byEnvironment(option: string): string {
  const { production, staging, development } = environmentTable;
  const field = {
    sampleRatio: "sampleRatio",
    "limits.valueLength": "valueLength",
    "queue.maxSpans": "queueSpans",
    "batch.delayMs": "delayMs",
  }[option] as "sampleRatio" | undefined;
  if (field === undefined) throw new Error(`${option} has no default by environment.`);
  return `${production[field]} in production, ${staging[field]} in staging, ${development[field]} in development and test`;
}

describe("the TSDoc of an option", () => {
  const withEntry = optionDocs.filter((option): option is OptionDoc & { entry: object } => option.entry !== undefined);

  it.each(withEntry)("$name tells the default that the code has (R-C1)", ({ name, doc, entry }) => {
    const { defaultText } = doc;
    const value: unknown = entry.default;
    if (defaultText?.endsWith(" in development and test")) expect(defaultText).toBe(byEnvironment(name));
    // In words alone where absence means something.
    else if (value === undefined) expect(defaultText).toMatch(/^[a-zA-Z]/);
    else if (Array.isArray(value) && value.length > 5) expect(defaultText).toContain(`${value[0]} to ${value.at(-1)}`);
    else {
      const shown = JSON.stringify(value).replaceAll(",", ", ");
      expect(
        [shown, value].some((one) => new RegExp(`(^|else )${escaped(one)}($|[,;]| unless )`).test(defaultText ?? "")),
      ).toBe(true);
    }
  });
});

function escaped(text: unknown): string {
  return String(text).replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}

describe("the reader of documented interfaces", () => {
  it("reads members with bracketed types, texts, and comments of several lines (R-C3)", () => {
    const { text, sentence, defaultText } = docOfOne(`
/** All of it. */
export interface A<T> {
  /**
   * The first. It goes
   * on, with e.g. a dot.
   *
   * @default 5 of them
   */
  one?: { a: string; b: (x: T) => void } | "a;b";
  /** The second. */
  readonlyTwo: B;
}`);
    expect({ text, sentence, defaultText }).toEqual({
      text: "The first. It goes on, with e.g. a dot.",
      sentence: "The first.",
      defaultText: "5 of them",
    });
  });

  it.each([
    ["a member without documentation", "/** A. */\nexport interface A {\n  one: B;\n}", "expected a TSDoc comment"],
    ["a method", "/** A. */\nexport interface A {\n  /** B. */\n  one(): void;\n}", "expected a member"],
    ["a member without an end", "/** A. */\nexport interface A {\n  /** B. */\n  one: B", "expected a semicolon"],
    ["another tag", "/** A. */\nexport interface A {\n  /** B. @example c */\n  one: B;\n}", "a tag other than"],
    ["no sentence", "/** A */\nexport interface A {\n}", "no sentence"],
  ])("refuses %s, so that no option is left out in silence (R-C3)", (_what, source, message) => {
    expect(() => declaredInterfaces(source)).toThrow(message);
  });
});

function docOfOne(source: string): { text: string; sentence: string; defaultText: string | undefined } {
  const members = declaredInterfaces(source).get("A")?.members ?? [];
  expect(members.map(({ name, type }) => [name, type])).toEqual([
    ["one", '{ a: string; b: (x: T) => void } | "a;b"'],
    ["readonlyTwo", "B"],
  ]);
  return members[0]!.doc;
}
