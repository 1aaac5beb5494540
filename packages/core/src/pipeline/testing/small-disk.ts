import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of one MiB. */
export interface SmallDisk {
  /** A folder of this user's on it. */
  readonly path: string;
  /** Takes all the room there is, but for so many bytes. */
  fill(leaveBytes?: number): void;
  /** Gives back what {@link fill} took. */
  free(): void;
  unmount(): void;
}

/**
 * A file system in memory that is soon full, for who may mount one; otherwise what a test is skipped with. In CI its lack is an error, unless the
 * container that CI runs in has not been given the right.
 */
export function smallDisk(): SmallDisk | string {
  const path = mkdtempSync(join(tmpdir(), "small-disk-"));
  const user = process.getuid?.() ?? 0;
  const mount = ["mount", "-t", "tmpfs", "-o", `size=1m,mode=700,uid=${user}`, "tmpfs", path];
  const rights = [[], ["sudo", "-n"]].find((prefix) => run([...prefix, ...mount]));
  if (rights === undefined) {
    rmSync(path, { recursive: true });
    const hint = "A disk that is really full was not tried: that needs the right to mount one (root on Linux).";
    if (process.env["CI"] && mayMount()) throw new Error(hint);
    process.stderr.write(`${hint}\n`);
    return hint;
  }
  const ballast = join(path, "ballast");
  return {
    path,
    fill(leaveBytes = 0) {
      const descriptor = openSync(ballast, "a");
      for (let step = 65_536; step >= 1; step >>= 1) {
        while (writes(descriptor, step));
      }
      closeSync(descriptor);
      if (leaveBytes > 0) run(["truncate", "-s", `-${leaveBytes}`, ballast]);
    },
    free() {
      rmSync(ballast, { force: true });
    },
    unmount() {
      if (!run([...rights, "umount", "-l", path])) throw new Error(`${path} is still mounted.`);
      rmSync(path, { recursive: true });
    },
  };
}

const sysAdmin = 21n;

/** Whether this process has the capability to mount. */
function mayMount(): boolean {
  const [, capabilities = "0"] = /^CapEff:\s*([\da-f]+)/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return ((BigInt(`0x${capabilities}`) >> sysAdmin) & 1n) === 1n;
}

function run([command = "", ...args]: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function writes(descriptor: number, bytes: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(bytes)) === bytes;
  } catch {
    return false;
  }
}
