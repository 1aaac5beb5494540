import { execFile } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { nodeOf } from "../../scripts/node-line.ts";
import { packedOnce } from "../../scripts/pack.ts";
import { installMeanwhile } from "../setup/install-meanwhile.ts";
import { apiVersions, type ApiVersion, type Consumers } from "./consumers.ts";

const execute = promisify(execFile);

/** Packs what would be published and installs it, once for each version of the API, in folders that know nothing of this workspace. */
export default function setup(project: TestProject): () => Promise<void> {
  const { place, remove } = installMeanwhile("consumers", installAll);
  project.provide("consumers", place);
  return remove;
}

async function installAll(home: string): Promise<Consumers> {
  // Nest and its peers have a folder of their own: `test/nest-11`.
  const packed = await packedOnce();
  const { "@gossamer/nestjs": _, ...tarballs } = packed;
  const folderOf = (version: ApiVersion): string => join(home, `api-${version}`);
  const [node22, node26] = await Promise.all([nodeOf("22"), nodeOf("26"), installVersions(folderOf, tarballs)]);
  const folders = Object.fromEntries(apiVersions.map((version) => [version, folderOf(version)]));
  return { home, packed, folders: folders as Consumers["folders"], node22, node26 };
}

/** The first from nothing; of the others npm changes a copy, as it does where a service takes another version of the API. */
async function installVersions(
  folderOf: (version: ApiVersion) => string,
  tarballs: Readonly<Record<string, string>>,
): Promise<void> {
  const [first, ...others] = apiVersions;
  await install(folderOf(first), first, tarballs);
  for (const version of others) cpSync(folderOf(first), folderOf(version), { recursive: true, verbatimSymlinks: true });
  await Promise.all(others.map((version) => install(folderOf(version), version, tarballs)));
}

async function install(
  folder: string,
  apiVersion: ApiVersion,
  tarballs: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: `consumer-of-api-${apiVersion}`,
    private: true,
    dependencies: {
      ...tarballs,
      "@opentelemetry/api": apiVersion,
      express: "5.3.0",
      fastify: "5.12.8",
      pino: "10.4.0",
    },
    devDependencies: { "@types/express": "5.0.6", "@types/node": "^24.0.0" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, undefined, 2));
  cpSync(join(import.meta.dirname, "fixtures"), folder, { recursive: true });
  await npmInstall(folder);
}

async function npmInstall(folder: string): Promise<void> {
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  await execute("npm", ["install", ...quietly], { cwd: folder, timeout: 110_000 });
}
