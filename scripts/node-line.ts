import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./step.ts";

/** The other lines of Node that are promised: the workspace has its own, between them. */
export const nodeLines = ["22", "26"] as const;

export type NodeLine = (typeof nodeLines)[number];

const execute = promisify(execFile);
const installTimeoutMs = 110_000;

/** The binary of a line's newest Node, from the registry, once a checkout. Rejects when it cannot be had: nothing that needs it may pass without it. */
export async function nodeOf(line: NodeLine): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, "node_modules", ".cache", "gossamer-node", line);
  const binary = join(folder, "node_modules", name, "bin", "node");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: line } }));
    const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    await execute("npm", ["install", ...quietly], { cwd: folder, timeout: installTimeoutMs });
  }
  const { stdout } = await execute(binary, ["--version"]);
  if (!stdout.startsWith(`v${line}.`)) throw new Error(`${binary} is Node ${stdout.trim()}, not of line ${line}.`);
  return binary;
}
