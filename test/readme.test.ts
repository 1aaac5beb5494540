import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { optionTableMarkdown, replaceOptionTable } from "../scripts/option-table-markdown.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the README's option table is the one in the code; `pnpm generate` writes it (R-C3)", () => {
  expect(replaceOptionTable(readme, optionTableMarkdown())).toBe(readme);
});

it("every file the README and the other pages link to is there", () => {
  const root = join(import.meta.dirname, "..");
  for (const page of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"]) {
    const text = readFileSync(join(root, page), "utf8");
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      expect(() => readFileSync(join(root, target ?? "")), `${page} links to ${target}`).not.toThrow(/ENOENT/);
    }
  }
});
