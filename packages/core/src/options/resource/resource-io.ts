import { builtin } from "../../model/builtin.ts";

/** What the detection of a resource may look at. No process, no network. Nothing here throws. */
export interface ResourceIo {
  /** The text of a regular file, at most {@link maxFileBytes} of it; undefined when it cannot be read. */
  readText(path: string): string | undefined;
  hostName(): string;
  randomUuid(): string;
  /** The absolute path of the program's first file; undefined when there is none. */
  readonly mainScript: string | undefined;
  readonly directory: string;
  readonly pid: number;
  /** Node's name of the processor, such as `x64`. */
  readonly arch: string;
  /** Node's name of the operating system, such as `win32`. */
  readonly platform: string;
  /** Without the `v`. */
  readonly nodeVersion: string;
}

/** The most that is read of one file. */
export const maxFileBytes = 262_144;

/** The process this runs in. */
export function systemResourceIo(): ResourceIo {
  return {
    readText,
    hostName: () => orElse(() => builtin("node:os").hostname(), ""),
    randomUuid: () => builtin("node:crypto").randomUUID(),
    mainScript: mainScript(process.argv[1]),
    directory: orElse(() => process.cwd(), "/"),
    pid: process.pid,
    arch: process.arch,
    platform: process.platform,
    nodeVersion: process.versions.node,
  };
}

function mainScript(path: string | undefined): string | undefined {
  return path === undefined ? undefined : orElse(() => builtin("node:fs").realpathSync(path), path);
}

function readText(path: string): string | undefined {
  const { closeSync, constants, existsSync, fstatSync, openSync } = builtin("node:fs");
  // Most are not there, and the error of each would take longer than all the reading.
  if (!existsSync(path)) return undefined;
  return orElse(() => {
    // Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!fstatSync(file).isFile()) return undefined;
      return readStart(file).toString("utf8");
    } finally {
      closeSync(file);
    }
  }, undefined);
}

// Files under /proc say that their size is 0, so the size is not asked for.
function readStart(file: number): Buffer {
  const { readSync } = builtin("node:fs");
  const parts: Buffer[] = [];
  let left = maxFileBytes;
  while (left > 0) {
    const part = Buffer.alloc(Math.min(left, 16_384));
    const bytes = readSync(file, part);
    if (bytes === 0) break;
    parts.push(part.subarray(0, bytes));
    left -= bytes;
  }
  return Buffer.concat(parts);
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    // What cannot be read is not known: the resource does without it.
    return otherwise;
  }
}
