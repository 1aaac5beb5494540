import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { optionTableMarkdown, replaceOptionTable } from "../scripts/option-table-markdown.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the README's option table is the one in the code; `pnpm generate` writes it (R-C3)", () => {
  expect(replaceOptionTable(readme, optionTableMarkdown())).toBe(readme);
});

it("every file the README and the other pages link to is there", () => {
  const root = join(import.meta.dirname, "..");
  const pages = globSync(["*.md", "docs/*.md", "packages/*/*.md"], { cwd: root });
  const links = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to = ""]) => ({
      page,
      to,
    })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(({ page, to }) => !existsSync(join(root, dirname(page), to)))).toEqual([]);
});
