import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { root } from "./step.ts";

/** A package of the workspace that is published. */
export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
}

/** The packages that are not private, in the order of their folders. */
export function publishedPackages(): PublishedPackage[] {
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  const published: PublishedPackage[] = [];
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      private?: boolean;
    };
    if (manifest.private !== true) published.push({ name: manifest.name, folder });
  }
  return published;
}

/** Packs a package as a release would, and answers the path of the tarball. The package must have been built. */
export function pack(folder: string, destination: string): string {
  const [command, args] = packCommand(destination);
  const output = execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return tarballOf(output, destination);
}

const execute = promisify(execFile);
/** Where this process keeps what it packed: each suite of a run that installs tarballs has a copy of this module of its own. */
const packedKey = Symbol.for("gossamer.packed");
const place = globalThis as { [packedKey]?: Promise<Readonly<Record<string, string>>> };

/** What would be published, packed once a process: `file:` and the tarball's path, by the package's name. It is removed when the process ends. */
export function packedOnce(): Promise<Readonly<Record<string, string>>> {
  return (place[packedKey] ??= packAll());
}

async function packAll(): Promise<Readonly<Record<string, string>>> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "gossamer-packed-")));
  process.once("exit", () => rmSync(home, { recursive: true, force: true }));
  const [command, args] = packCommand(home);
  const tarballs = publishedPackages().map(async ({ name, folder }) => {
    const { stdout } = await execute(command, args, { cwd: folder });
    return [name, `file:${tarballOf(stdout, home)}`] as const;
  });
  return Object.fromEntries(await Promise.all(tarballs));
}

function packCommand(destination: string): [string, string[]] {
  const [command, args] = pnpmCommand;
  return [command, [...args, "pack", "--json", "--pack-destination", destination]];
}

function tarballOf(output: string, destination: string): string {
  const { filename } = JSON.parse(output) as { filename: string };
  return join(destination, basename(filename));
}

const running = process.env["npm_execpath"] ?? "";
/** How pnpm is run: inside a script of pnpm it is the running pnpm itself, else the one that the README's commands take. */
export const pnpmCommand: readonly [string, readonly string[]] = /pnpm[^/\\]*$/.test(running)
  ? [running, []]
  : ["npx", ["-y", "pnpm@12"]];
