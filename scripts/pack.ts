import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
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
  const output = execFileSync(
    pnpmCommand[0],
    [...pnpmCommand[1], "pack", "--json", "--pack-destination", destination],
    {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const { filename } = JSON.parse(output) as { filename: string };
  return join(destination, basename(filename));
}

const running = process.env["npm_execpath"] ?? "";
/** How pnpm is run: inside a script of pnpm it is the running pnpm itself, else the one that the README's commands take. */
export const pnpmCommand: readonly [string, readonly string[]] = /pnpm[^/\\]*$/.test(running)
  ? [running, []]
  : ["npx", ["-y", "pnpm@12"]];
