import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { pack, publishedPackages } from "../../scripts/pack.ts";
import { apiVersions, type ApiVersion, type Consumers } from "./consumers.ts";

const execute = promisify(execFile);

/** Packs what would be published and installs it, once for each version of the API, in folders that know nothing of this workspace. */
export default async function setup(project: TestProject): Promise<() => void> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "gossamer-consumers-")));
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const tarballs: Record<string, string> = {};
    for (const { name, folder } of publishedPackages()) tarballs[name] = `file:${pack(folder, home)}`;
    const folders = await Promise.all(apiVersions.map((version) => install(join(home, `api-${version}`), version, tarballs)));
    const consumers = Object.fromEntries(apiVersions.map((version, i) => [version, folders[i]])) as Record<ApiVersion, string>;
    project.provide("consumers", { home, folders: consumers } satisfies Consumers);
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

async function install(folder: string, apiVersion: ApiVersion, tarballs: Record<string, string>): Promise<string> {
  mkdirSync(folder);
  const manifest = {
    name: `consumer-of-api-${apiVersion}`,
    private: true,
    dependencies: { ...tarballs, "@opentelemetry/api": apiVersion, express: "5.3.0" },
    devDependencies: { "@types/express": "5.0.6", "@types/node": "^24.0.0" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, undefined, 2));
  cpSync(join(import.meta.dirname, "fixtures"), folder, { recursive: true });
  await execute("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], {
    cwd: folder,
    timeout: 110_000,
  });
  return folder;
}
