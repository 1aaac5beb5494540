import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { optionTableMarkdown, replaceOptionTable } from "../scripts/option-table-markdown.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the option table of docs/configuration.md is the one in the code; `pnpm generate` writes it (R-C3)", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "configuration.md"), "utf8");
  expect(replaceOptionTable(page, optionTableMarkdown())).toBe(page);
});

it("the README can be read in one sitting: 200 lines at most, and 25 an example (R-D6)", () => {
  expect(readme.split("\n").length - 1).toBeLessThanOrEqual(200);
  const examples = [...readme.matchAll(/^```[jt]s\n([\s\S]*?)^```/gm)].map(
    ([, code = ""]) => code.split("\n").length - 1,
  );
  expect(Math.max(...examples)).toBeLessThanOrEqual(25);
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
