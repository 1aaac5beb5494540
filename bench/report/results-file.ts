import { mkdirSync, writeFileSync } from "node:fs";

const folder = new URL("../results/", import.meta.url);

/** Writes a run as JSON and answers the file's name: the time of the run and its mode. */
export function saveResults(results: Readonly<Record<string, unknown>> & { readonly mode: string }): string {
  const at = new Date().toISOString();
  const name = `${at.slice(0, 16).replaceAll(":", "-")}-${results.mode}.json`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(name, folder), `${JSON.stringify({ at, ...results }, undefined, 1)}\n`);
  return name;
}
