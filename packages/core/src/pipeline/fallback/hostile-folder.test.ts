import fs, {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { keepLines } from "../testing/pipeline-kit.ts";
import { smallDisk } from "../testing/small-disk.ts";
import { FileSpool } from "./file-spool.ts";

// GOSSAMER_FUZZ_RUNS asks for more.
const numRuns = Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 100);
const maxBytes = 20_000;

afterEach(() => vi.restoreAllMocks());

const owner = fc.constantFrom(0, 1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("put" as const), owner, bytes: fc.nat(4_000), now: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("take" as const),
      owner,
      became: fc.constantFrom("delivered" as const, "unsent" as const, "given-up" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("restart" as const), owner }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("delete" as const, "cut" as const), file: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "delete folder" as const,
        "full" as const,
        "room" as const,
        "open to all" as const,
        "given away" as const,
        "own again" as const,
        "link" as const,
      ),
    }),
  },
);

function noSpace(): NodeJS.ErrnoException {
  return Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
}

interface Disk {
  /** Where the spool's folder lies. */
  readonly root: string;
  fill(): void;
  free(): void;
  /** Takes it away. */
  remove(): void;
}

/** A folder whose writes fail as on a disk that is full. */
function pretendedDisk(): Disk {
  const root = mkdtempSync(join(tmpdir(), "hostile-folder-"));
  return {
    root,
    fill: failWrites,
    free: () => void vi.restoreAllMocks(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function failWrites(): void {
  vi.spyOn(fs, "writeSync").mockImplementation(() => {
    throw noSpace();
  });
  const write = vi.spyOn(fs, "write") as unknown as { mockImplementation(fn: (...args: unknown[]) => void): void };
  write.mockImplementation((...args) => {
    const done = args.at(-1) as (error: Error | null, written: number) => void;
    setImmediate(() => done(noSpace(), 0));
  });
}

async function withstands(createDisk: () => Disk, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const disk = createDisk();
      const { root } = disk;
      const directory = join(root, "spool");
      const elsewhere = join(root, "elsewhere");
      mkdirSync(elsewhere, { mode: 0o700 });
      const before = readdirSync("/dev/fd").length;
      const running = new Set<number>();
      let pid = 100_000;
      let lost = 0;
      const create = (): { spool: FileSpool; pid: number } => {
        const mine = ++pid;
        running.add(mine);
        const spool = new FileSpool({
          directory,
          maxBytes,
          maxAgeMs: 60_000,
          owner: {
            host: "web-1",
            pid: mine,
            thread: 0,
            beganEpochMs: 0,
            bootedEpochMs: 0,
            isRunning: (other) => running.has(other),
            birthOf: (other) => other.toString(16),
          },
          epochMs: () => 1_000_000,
          lost: (items) => (lost += items),
          diagnostics: keepLines(),
        });
        return { spool, pid: mine };
      };
      const spools = [create(), create()];
      const put = new Set<string>();
      let wasSafe = true;
      let foreign = new Set<string>();
      const files = (): string[] =>
        existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
      let number = 0;
      try {
        for (const one of steps) {
          if (one.kind === "put") {
            const text = `${number++} ${"x".repeat(one.bytes)}`;
            put.add(text);
            const { spool } = spools[one.owner]!;
            if (one.now) spool.putNow([Buffer.from(text)], 1, false);
            else await spool.put([Buffer.from(text)], 1);
          } else if (one.kind === "take") {
            const { spool } = spools[one.owner]!;
            const taken = await spool.take();
            if (taken !== undefined) {
              expect(put.has(Buffer.concat(taken.body).toString())).toBe(true);
              spool.settle(taken, one.became);
            }
          } else if (one.kind === "restart") {
            const old = spools[one.owner]!;
            old.spool.close();
            running.delete(old.pid);
            const next = create();
            spools[one.owner] = next;
            const { items } = await next.spool.recover();
            expect(items).toBeGreaterThanOrEqual(0);
          } else if (one.kind === "delete" || one.kind === "cut") {
            const all = files();
            const path = all[one.file % Math.max(1, all.length)];
            if (path !== undefined && one.kind === "delete") rmSync(path, { force: true });
            else if (path !== undefined) truncateSync(path, statSync(path).size >> 1);
          } else if (one.kind === "delete folder") rmSync(directory, { recursive: true, force: true });
          else if (one.kind === "full") disk.fill();
          else if (one.kind === "room") disk.free();
          else if (one.kind === "link") {
            rmSync(directory, { recursive: true, force: true });
            symlinkSync(elsewhere, directory);
          } else if (existsSync(directory)) handOver(directory, one.kind);
          const isSafe = isOwn(directory);
          if (isSafe || !wasSafe) wasSafe = isSafe;
          else {
            wasSafe = false;
            foreign = new Set(files());
          }
          // In a folder that is somebody else's, or open to all, no file is made.
          if (!wasSafe) expect(files().filter((path) => !foreign.has(path))).toEqual([]);
          for (const { spool } of spools) expect(spool.bytes).toBeLessThanOrEqual(maxBytes);
          expect(readdirSync(elsewhere)).toEqual([]);
        }
        expect(lost).toBeLessThanOrEqual(put.size);
      } finally {
        disk.free();
        for (const { spool } of spools) spool.close();
        expect(readdirSync("/dev/fd").length).toBeLessThanOrEqual(before);
        disk.remove();
      }
    }),
    { numRuns: runs },
  );
}

/** Whether a spool may make files there; true where there is nothing yet. */
function isOwn(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return true;
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Root gives a folder away and takes it back; for anybody else it is open to all in place of that. */
function handOver(directory: string, kind: "open to all" | "given away" | "own again"): void {
  const found = lstatSync(directory);
  if (found.isSymbolicLink()) return;
  const user = process.getuid?.() ?? 0;
  const isRoot = user === 0;
  if (isRoot) chownSync(directory, kind === "given away" ? 12_345 : user, -1);
  chmodSync(directory, kind === "open to all" || (kind === "given away" && !isRoot) ? 0o777 : 0o700);
}

it("two processes in one folder, beside cleaners, on a full disk, in a folder that changes hands: bounds hold, nothing made up is given back, nothing leaks (B3, B4, B5)", async () => {
  await withstands(pretendedDisk, numRuns);
});

it("the same on a disk that is really full (B3, B4, B5)", async ({ skip }) => {
  const disk = smallDisk();
  if (typeof disk === "string") return skip(disk);
  let runs = 0;
  const part = (): Disk => {
    const root = join(disk.path, `run-${++runs}`);
    mkdirSync(root);
    return {
      root,
      fill: () => disk.fill(),
      free: () => disk.free(),
      remove: () => rmSync(root, { recursive: true, force: true }),
    };
  };
  try {
    await withstands(part, Math.ceil(numRuns / 2));
  } finally {
    disk.unmount();
  }
});
