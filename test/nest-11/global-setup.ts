import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { packedOnce, pnpmCommand } from "../../scripts/pack.ts";
import { installMeanwhile, type Place } from "../setup/install-meanwhile.ts";

const execute = promisify(execFile);
const wanted = new Set(["@gossamer/core", "@gossamer/express", "@gossamer/fastify", "@gossamer/nestjs"]);

declare module "vitest" {
  interface ProvidedContext {
    /** Where Nest 11 and our tarballs are installed, outside of the workspace. */
    nest11: Place<string>;
  }
}

/** Installs Nest 11 beside what would be published of ours: a link into the workspace would resolve the Nest 12 of our own dependencies. */
export default function setup(project: TestProject): () => Promise<void> {
  const { place, remove } = installMeanwhile("nest-11", async (home) => {
    const packed = Object.entries(await packedOnce());
    return install(join(home, "service"), Object.fromEntries(packed.filter(([name]) => wanted.has(name))));
  });
  project.provide("nest11", place);
  return remove;
}

async function install(folder: string, tarballs: Record<string, string>): Promise<string> {
  const source = join(import.meta.dirname, "service");
  cpSync(source, folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const dependencies = { ...manifest.dependencies, ...tarballs };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies }, undefined, 2));
  // A root of its own: a tarball of ours asks for another by a version that is not in any registry yet.
  const overrides = Object.entries(tarballs).map(([name, file]) => `  "${name}": "${file}"`);
  writeFileSync(join(folder, "pnpm-workspace.yaml"), ["packages: []", "overrides:", ...overrides, ""].join("\n"));
  const [command, args] = pnpmCommand;
  await execute(command, [...args, "install", "--prefer-offline", "--reporter=silent"], {
    cwd: folder,
    timeout: 110_000,
    env: { ...process.env, CI: "true" },
  });
  return folder;
}
