import { builtin } from "../../model/builtin.ts";
import { isSpoolFile } from "./spool-owner.ts";
import type { SpoolFolder } from "./spool-folder.ts";
import { openFound } from "./spool-segment.ts";

export interface OrphanTests {
  /** Whether this process has the file open. */
  readonly isHeld: (path: string) => boolean;
  /** Whether the process that a file is named after is gone. */
  readonly isOrphan: (name: string, touchedMs: number) => boolean;
}

/** The names of the files that processes left which have ended, the oldest first. Throws when the folder is not there or not safe to use. */
export function orphansIn(folder: SpoolFolder, { isHeld, isOrphan }: OrphanTests): string[] {
  const fs = builtin("node:fs");
  const user = process.getuid?.();
  const found: { name: string; touchedMs: number }[] = [];
  folder.check();
  for (const name of fs.readdirSync(folder.path)) {
    const path = `${folder.path}/${name}`;
    if (!isSpoolFile(name) || isHeld(path)) continue;
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    // A file that somebody else put there would be sent in our name.
    if (stat?.isFile() !== true || (user !== undefined && stat.uid !== user)) continue;
    if (isOrphan(name, stat.mtimeMs)) found.push({ name, touchedMs: stat.mtimeMs });
  }
  return found.sort((a, b) => a.touchedMs - b.touchedMs || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

/** All of a file that is there, which may be no link. */
export function readWhole(path: string): Promise<Uint8Array> {
  const { readFile, closeSync } = builtin("node:fs");
  const descriptor = openFound(path);
  return new Promise<Uint8Array>((resolve, reject) => {
    readFile(descriptor, (error, data) => {
      closeSync(descriptor);
      if (error === null) resolve(data);
      else reject(error);
    });
  });
}
