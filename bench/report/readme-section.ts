import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readmeSummary } from "./readme-summary.ts";
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

/** The README with the summary of that run between its two markers. Throws when they are missing. */
export function replaceBenchSection(readme: string, name: string, summary: string): string {
  const found = begin.exec(readme);
  const to = readme.indexOf(end);
  if (found === null || to < found.index) throw new Error("README.md must hold the markers of the bench's section.");
  const marker = `<!-- bench: begin; results/${name}.json; written by \`pnpm bench:readme\` -->`;
  return `${readme.slice(0, found.index)}${marker}\n\n${summary}\n\n${readme.slice(to)}`;
}

/** The summary of a run that was saved. */
export function summaryOf(name: string): string {
  const run = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as SavedRun;
  return readmeSummary(run, name, existsSync(new URL(`${name}.svg`, folder)));
}

/** Of the newest run that has the main table, full ones before quick ones. */
export function latestRun(files: readonly string[] = readdirSync(folder)): string {
  const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
  const newest =
    names
      .filter((name) => name.endsWith("-full"))
      .sort()
      .at(-1) ?? names.sort().at(-1);
  if (newest === undefined) throw new Error("There is no run in bench/results. Do one first: pnpm bench");
  return newest;
}
