import { execFile } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, realpathSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** What packages take on disk, each counted once. */
export interface InstalledSize {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * The named packages with all that they bring along, as they are installed below `root`: dependencies, those optional dependencies that are there,
 * and peers that must be there. Not what is only for their development.
 *
 * A package that is linked from a workspace counts what would be published of it, as `npm pack` lists it.
 */
export async function installedSize(names: readonly string[], root: string): Promise<InstalledSize> {
  const folders = new Set<string>();
  for (const name of names) addClosure(find(name, root), folders);
  let files = 0;
  let bytes = 0;
  for (const folder of folders) {
    const own = folder.includes("node_modules") ? filesIn(folder) : await published(folder);
    files += own.files;
    bytes += own.bytes;
  }
  return { packages: folders.size, files, bytes };
}

function addClosure(folder: string, folders: Set<string>): void {
  if (folders.has(folder)) return;
  folders.add(folder);
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifestOf(folder);
  for (const name of Object.keys(optionalDependencies ?? {})) {
    const found = lookFor(name, folder);
    if (found !== undefined) addClosure(found, folders);
  }
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  for (const name of [...Object.keys(dependencies ?? {}), ...peers]) {
    if (optionalDependencies?.[name] === undefined) addClosure(find(name, folder), folders);
  }
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function find(name: string, from: string): string {
  const found = lookFor(name, from);
  if (found === undefined) throw new Error(`${name}, which ${from} needs, is not installed.`);
  return found;
}

/** Upwards from folder to folder, as Node resolves. */
function lookFor(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return realpathSync(place);
    if (dirname(folder) === folder) return undefined;
  }
}

/** All files of a package but those of packages installed within it. */
function filesIn(folder: string): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === "node_modules") continue;
      const below = filesIn(path);
      files += below.files;
      bytes += below.bytes;
    } else if (entry.isFile()) {
      files++;
      bytes += lstatSync(path).size;
    }
  }
  return { files, bytes };
}

async function published(folder: string): Promise<{ files: number; bytes: number }> {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
    maxBuffer: 16 * 1024 * 1024,
  });
  const [pack] = JSON.parse(stdout) as [{ unpackedSize: number; entryCount: number }];
  return { files: pack.entryCount, bytes: pack.unpackedSize };
}
