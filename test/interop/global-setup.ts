import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { packedOnce, pnpmCommand } from "../../scripts/pack.ts";
import { installMeanwhile, type Place } from "../setup/install-meanwhile.ts";
import { sdkLines } from "./lines.ts";

const execute = promisify(execFile);
const wanted = new Set(["@gossamer/core", "@gossamer/express", "@gossamer/fastify", "@gossamer/nestjs"]);

declare module "vitest" {
  interface ProvidedContext {
    /** Where each line is installed, outside of the workspace, by the name of its folder. */
    interop: Place<Readonly<Record<string, string>>>;
  }
}

/** Installs each line in a folder of its own, with what would be published of ours: a link into the workspace would bring our own versions along. */
export default function setup(project: TestProject): () => Promise<void> {
  const { place, remove } = installMeanwhile("interop", async (home) => {
    const packed = Object.entries(await packedOnce());
    const tarballs = Object.fromEntries(packed.filter(([name]) => wanted.has(name)));
    const folders = await Promise.all(sdkLines.map(({ folder }) => install(join(home, folder), folder, tarballs)));
    return Object.fromEntries(sdkLines.map(({ folder }, i) => [folder, folders[i]!]));
  });
  project.provide("interop", place);
  return remove;
}

async function install(folder: string, from: string, tarballs: Record<string, string>): Promise<string> {
  mkdirSync(folder);
  const here = import.meta.dirname;
  const manifest = JSON.parse(readFileSync(join(here, from, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const dependencies = { ...manifest.dependencies, ...tarballs };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies }, undefined, 2));
  // A root of its own: express's tarball asks for core by a version that is not in any registry yet.
  const overrides = Object.entries(tarballs).map(([name, file]) => `  "${name}": "${file}"`);
  const workspace = ["packages: []", "allowBuilds:", "  protobufjs: false", "overrides:", ...overrides, ""];
  writeFileSync(join(folder, "pnpm-workspace.yaml"), workspace.join("\n"));
  cpSync(join(here, "programs"), folder, { recursive: true });
  const [command, args] = pnpmCommand;
  await execute(command, [...args, "install", "--prefer-offline", "--reporter=silent"], {
    cwd: folder,
    timeout: 110_000,
    env: { ...process.env, CI: "true" },
  });
  return folder;
}
