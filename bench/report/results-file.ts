import { mkdirSync, writeFileSync } from "node:fs";

const folder = new URL("../results/", import.meta.url);

/** Writes a run as JSON, and its plot if it has one, and answers the files' names: the time of the run and its mode. */
export function saveResults(
  svg: string | undefined,
  results: Readonly<Record<string, unknown>> & { readonly mode: string },
): string[] {
  const at = new Date().toISOString();
  const name = `${at.slice(0, 19).replaceAll(":", "-")}-${results.mode}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ at, ...results }, undefined, 1)}\n`);
  if (svg === undefined) return [`${name}.json`];
  writeFileSync(new URL(`${name}.svg`, folder), svg);
  return [`${name}.json`, `${name}.svg`];
}
