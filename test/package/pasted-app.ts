import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

const readme = join(import.meta.dirname, "..", "..", "README.md");

/** An example of the README that is an app, as its user pastes it. */
export interface PastedApp {
  readonly folder: string;
  readonly file: string;
  readonly port: number;
  readonly path: string;
  /** As it is written in the example; for Nest as its decorators make it. */
  readonly route: string;
}

/** The first fenced block after the marker `<!-- quick-start: … -->`. */
export function quickStart(name: "express" | "fastify" | "nest"): string {
  const marked = new RegExp(`<!--\\s*quick-start: ${name}\\s*-->\\s*\`\`\`(?:js|ts)[^\\n]*\\n([\\s\\S]*?)\\n\`\`\``);
  const block = marked.exec(readFileSync(readme, "utf8"))?.[1];
  if (block === undefined)
    throw new Error(`README.md has no \`<!-- quick-start: ${name} -->\` in front of a block of code.`);
  return block;
}

/** Writes an example as it stands into a folder; only the port is changed, because it may be taken. */
export async function paste(code: string, folder: string, file: string): Promise<PastedApp> {
  const inApp = /\.get\(\s*["'`](\/[^"'`]*)["'`]/.exec(code)?.[1];
  const inController = [/@Controller\("([^"]*)"\)/.exec(code)?.[1], /@Get\("([^"]*)"\)/.exec(code)?.[1]];
  const route = inApp ?? `/${inController.join("/")}`;
  if (!code.includes("3000")) throw new Error("The example listens on no port that is written out.");
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), code.replaceAll(/\b3000\b/g, String(port)));
  return { folder, file, port, path: route.replaceAll(/:\w+/g, "1"), route };
}

/** Asks until the app listens, then `times` times in all. */
export async function ask({ port, path }: PastedApp, times: number, signal: AbortSignal): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < times && !signal.aborted) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
      await response.arrayBuffer();
      statuses.push(response.status);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return statuses;
}
