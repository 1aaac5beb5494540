// Writes the README's table of cost and the page on cost from a saved run of the bench: the newest full one, or the one that is named.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { latestRun, pageSummaryOf, replaceBenchSection, summaryOf } from "../bench/report/readme-section.ts";

const readme = join(import.meta.dirname, "..", "README.md");
const named = process.argv.slice(2).find((argument) => argument !== "--");
const run = named?.replace(/^.*\//, "").replace(/\.\w+$/, "") ?? latestRun();
writeFileSync(readme, replaceBenchSection(readFileSync(readme, "utf8"), run, summaryOf(run)));
const page = join(import.meta.dirname, "..", "docs", "cost.md");
writeFileSync(page, replaceBenchSection(readFileSync(page, "utf8"), run, pageSummaryOf(run)));
console.log(`README.md and docs/cost.md say what bench/results/${run}.json found.`);
