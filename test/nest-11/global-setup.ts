import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { packedOnce, pnpmCommand } from "../../scripts/pack.ts";
import { installMeanwhile, type Place } from "../setup/install-meanwhile.ts";

const execute = promisify(execFile);
const ofNest = ["core", "express", "fastify", "nestjs"];
/** The services that are installed, and what of ours each has. */
const services = {
  service: ofNest,
  "both-platforms": [...ofNest, "pino"],
  jest: [...ofNest, "pino", "testing"],
} as const;

/** What of the dependencies would build something of its own, which nothing here needs. */
const noBuilds = ["allowBuilds:", '  "@parcel/watcher": false', "  protobufjs: false"];

declare module "vitest" {
  interface ProvidedContext {
    /** Where Nest 11 and our tarballs are installed, outside of the workspace: on Express alone, with Fastify and pino besides, and with Jest. */
    nest11: Place<Readonly<Record<keyof typeof services, string>>>;
  }
}

/** Installs Nest 11 beside what would be published of ours: a link into the workspace would resolve the Nest 12 of our own dependencies. */
export default function setup(project: TestProject): () => Promise<void> {
  const { place, remove } = installMeanwhile("nest-11", async (home) => {
    const packed = Object.entries(await packedOnce());
    const folders = Object.entries(services).map(async ([service, wanted]) => {
      const names = new Set(wanted.map((name) => `@gossamer/${name}`));
      const tarballs = Object.fromEntries(packed.filter(([name]) => names.has(name)));
      return [service, await install(join(home, service), service, { tarballs, packed })] as const;
    });
    return Object.fromEntries(await Promise.all(folders)) as Record<keyof typeof services, string>;
  });
  project.provide("nest11", place);
  return remove;
}

interface Packed {
  /** What of ours the service installs. */
  readonly tarballs: Readonly<Record<string, string>>;
  /** All of ours, by name, for what these need. */
  readonly packed: readonly (readonly [name: string, file: string])[];
}

async function install(folder: string, service: string, { tarballs, packed }: Packed): Promise<string> {
  const source = join(import.meta.dirname, service);
  cpSync(source, folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const dependencies = { ...manifest.dependencies, ...tarballs };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies }, undefined, 2));
  // A root of its own: a tarball of ours asks for another by a version that is not in any registry yet.
  const overrides = packed.map(([name, file]) => `  "${name}": "${file}"`);
  writeFileSync(
    join(folder, "pnpm-workspace.yaml"),
    ["packages: []", "overrides:", ...overrides, ...noBuilds, ""].join("\n"),
  );
  const [command, args] = pnpmCommand;
  await execute(command, [...args, "install", "--prefer-offline", "--reporter=silent"], {
    cwd: folder,
    timeout: 110_000,
    env: { ...process.env, CI: "true" },
  });
  return folder;
}
