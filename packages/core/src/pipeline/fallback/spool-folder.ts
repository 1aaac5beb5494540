import { builtin } from "../../model/builtin.ts";
import { makeFolder, makeFolders } from "../../model/make-folders.ts";

export interface SpoolFolderSettings {
  /** Where the files are. Made with access for its owner alone when it is not there. */
  readonly directory: string;
  /** The folder above, where it is the spool's as well and stands where everybody may make folders. */
  readonly parent?: string | undefined;
}

const others = 0o077;
const othersWrite = 0o022;

/**
 * The folder of a spool. Each time a file in it is opened it is looked at anew, since whoever may rename it could put another in its place: it
 * must be a folder and no link, this user's, and nobody else may write to it; one under the system's temporary folder, nobody else may even look in.
 */
export class SpoolFolder {
  readonly path: string;
  readonly #parent: string | undefined;

  constructor({ directory, parent }: SpoolFolderSettings) {
    this.path = directory;
    this.#parent = parent;
  }

  /** Makes it where it is not there. Throws when it is not safe to use, or cannot be made. */
  prepare(): void {
    if (this.#parent !== undefined) makeFolder(this.#parent, 0o700);
    else makeFolders(builtin("node:path").dirname(this.path), 0o700);
    this.#checkParent();
    makeFolder(this.path, 0o700);
    this.#checkOwn();
  }

  /** Throws when it is not there, or not safe to use. */
  check(): void {
    this.#checkParent();
    this.#checkOwn();
  }

  #checkParent(): void {
    if (this.#parent !== undefined) checkFolder(this.#parent, others);
  }

  #checkOwn(): void {
    checkFolder(this.path, this.#parent === undefined ? othersWrite : others);
  }
}

function checkFolder(path: string, forbidden: number): void {
  const found = builtin("node:fs").lstatSync(path);
  const user = process.getuid?.();
  if (found.isSymbolicLink()) throw new Error(`${path} is a link`);
  if (!found.isDirectory()) throw new Error(`${path} is no folder`);
  if (user === undefined) return;
  if (found.uid !== user) throw new Error(`${path} belongs to another user`);
  if ((found.mode & forbidden) !== 0) {
    throw new Error(`${path} is open to others, mode ${(found.mode & 0o777).toString(8)} where 700 is wanted`);
  }
}
