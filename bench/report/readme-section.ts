import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readmeSummary, readmeTable, type RunFiles } from "./readme-summary.ts";
import { isWhole } from "./run-summary.ts";
import type { SavedRun } from "./saved-run.ts";

const begin = /<!-- bench: begin; (?:results\/([\w.-]+)\.json; )?written by `pnpm bench:readme` -->/;
const end = "<!-- bench: end -->";
const folder = new URL("../results/", import.meta.url);

/** The run that the README's section names. Undefined where it names none yet. */
export function runNamedBy(readme: string): string | undefined {
  const found = begin.exec(readme);
  if (found === null) throw new Error("README.md must hold the markers of the bench's section.");
  return found[1];
}

/** The README as it should be: with the summary of the run it names, or with nothing while it names none. */
export function expectedReadme(readme: string, summarise: (name: string) => string = summaryOf): string {
  const name = runNamedBy(readme);
  if (name !== undefined) return replaceBenchSection(readme, name, summarise(name));
  const found = begin.exec(readme)!;
  return `${readme.slice(0, found.index + found[0].length)}\n${readme.slice(readme.indexOf(end))}`;
}

/** The README with the summary of that run between its two markers. Throws when they are missing. */
export function replaceBenchSection(readme: string, name: string, summary: string): string {
  const found = begin.exec(readme);
  const to = readme.indexOf(end);
  if (found === null || to < found.index) throw new Error("README.md must hold the markers of the bench's section.");
  const marker = `<!-- bench: begin; results/${name}.json; written by \`pnpm bench:readme\` -->`;
  return `${readme.slice(0, found.index)}${marker}\n\n${summary}\n\n${readme.slice(to)}`;
}

/** What the README says of a run that was saved. */
export function summaryOf(name: string): string {
  return readmeTable(runOf(name), filesOf(name));
}

/** What the page on cost says of it. */
export function pageSummaryOf(name: string): string {
  return readmeSummary(runOf(name), filesOf(name)).replaceAll("](bench/results/", "](../bench/results/");
}

function filesOf(name: string): RunFiles {
  const has = (ending: string): boolean => existsSync(new URL(`${name}.${ending}`, folder));
  return { name, hasPlot: has("svg"), hasPage: has("md") };
}

function runOf(name: string): SavedRun {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as SavedRun;
}

/** The newest full run of everything, or the newest full one, or the newest at all. */
export function latestRun(
  files: readonly string[] = readdirSync(folder),
  whole: (name: string) => boolean = (name) => isWhole(runOf(name)),
): string {
  const names = files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
  const full = names.filter((name) => name.endsWith("-full"));
  const newest = full.findLast(whole) ?? full.at(-1) ?? names.at(-1);
  if (newest === undefined) throw new Error("There is no run in bench/results. Do one first: pnpm bench");
  return newest;
}
