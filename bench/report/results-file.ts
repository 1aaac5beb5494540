import { mkdirSync, writeFileSync } from "node:fs";
import { runSummary, type PrintedPart } from "./run-summary.ts";
import type { SavedRun } from "./saved-run.ts";

const folder = new URL("../results/", import.meta.url);

/** A run, with what is saved beside its numbers. */
export interface Results extends SavedRun {
  readonly loadAverageAfter: readonly number[];
}

/**
 * Writes a run as JSON, as a page of Markdown, and its plots, and answers the files' names: the time of the run and its mode.
 *
 * @param plots SVG by what their names end in: "" for the main one
 */
export function saveResults(
  results: Results,
  printed: readonly PrintedPart[],
  plots: ReadonlyMap<string, string>,
): string[] {
  const name = `${results.at.slice(0, 19).replaceAll(":", "-")}-${results.mode}`;
  mkdirSync(folder, { recursive: true });
  const files = new Map([[`${name}.json`, `${JSON.stringify(results, undefined, 1)}\n`]]);
  for (const [suffix, svg] of plots) files.set(`${name}${suffix === "" ? "" : `-${suffix}`}.svg`, svg);
  const drawn = [...files.keys()].filter((file) => file.endsWith(".svg"));
  files.set(`${name}.md`, runSummary(results, printed, drawn));
  for (const [file, text] of files) writeFileSync(new URL(file, folder), text);
  return [...files.keys()];
}
