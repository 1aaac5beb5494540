import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectedReadme, pageSummaryOf } from "../bench/report/readme-section.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("what the README says of measured cost is what the saved run that it names found; `pnpm bench:readme` writes it (R-O8)", () => {
  expect(expectedReadme(readme)).toBe(readme);
});

it("the page on cost says what the same run found (R-O8)", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "cost.md"), "utf8");
  expect(expectedReadme(page, pageSummaryOf)).toBe(page);
});
