import fs, {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FileSpool, type FileSpoolSettings } from "./file-spool.ts";
import { isOrphan, type SpoolOwner, thisOwner } from "./spool-owner.ts";
import { encodeRecord, fileHead, scanSpool } from "./spool-record.ts";
import { keepLines } from "../testing/pipeline-kit.ts";

let directory = "";
const spools: FileSpool[] = [];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "spool-test-")), "spool");
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const spool of spools.splice(0)) spool.close();
  rmSync(join(directory, ".."), { recursive: true, force: true });
});

function create(change: Partial<FileSpoolSettings> = {}) {
  const lost: [number, string][] = [];
  const diagnostics = keepLines();
  const spool = new FileSpool({
    directory,
    maxBytes: 100_000,
    maxAgeMs: 60_000,
    owner: thisOwner(),
    epochMs: () => 1_000_000,
    lost: (items, reason) => lost.push([items, reason]),
    diagnostics,
    ...change,
  });
  spools.push(spool);
  return { spool, lost, diagnostics };
}

function owner(change: Partial<SpoolOwner> = {}): SpoolOwner {
  return {
    host: "web-1",
    pid: 7,
    thread: 0,
    beganEpochMs: 0,
    bootedEpochMs: 0,
    isRunning: (pid) => pid === 8,
    birthOf: () => undefined,
    ...change,
  };
}

const text = (body: readonly Uint8Array[] | undefined): string | undefined =>
  body === undefined ? undefined : Buffer.concat(body).toString();
const bytes = (some: string): Uint8Array[] => [Buffer.from(some.slice(0, 1)), Buffer.from(some.slice(1))];
const files = (): string[] => readdirSync(directory).map((name) => join(directory, name));

async function takeAll(spool: FileSpool): Promise<[string | undefined, boolean][]> {
  const all: [string | undefined, boolean][] = [];
  for (let taken = await spool.take(); taken !== undefined; taken = await spool.take()) {
    all.push([text(taken.body), taken.uncertain]);
    spool.settle(taken, "delivered");
  }
  return all;
}

describe("FileSpool", () => {
  it("gives bodies back in their order, and leaves no file once all are delivered (R-P8)", async () => {
    const { spool } = create();
    for (const one of ["one", "two", "three"]) await expect(spool.put(bytes(one), 1)).resolves.toBe("kept");
    expect(spool.waiting).toBe(true);
    await expect(takeAll(spool)).resolves.toEqual([
      ["one", false],
      ["two", false],
      ["three", false],
    ]);
    expect(files()).toEqual([]);
  });

  it("can be read by its owner alone (R-P8)", async () => {
    const { spool } = create();
    await spool.put(bytes("secret"), 1);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(files()[0] ?? "").mode & 0o777).toBe(0o600);
  });

  it("gives the next process what is left, never what was acknowledged, and calls uncertain what was on its way (R-P8)", async () => {
    const { spool } = create();
    for (const one of ["done", "under way", "waiting"]) await spool.put(bytes(one), 2);
    const first = await spool.take();
    if (first !== undefined) spool.settle(first, "delivered");
    await spool.take();
    // As after kill -9: nothing of the first is told that it ended.
    spool.close();
    const { spool: next, diagnostics } = create();
    await expect(next.recover()).resolves.toEqual({ items: 4 });
    await next.put(bytes("new"), 1);
    await expect(takeAll(next)).resolves.toEqual([
      ["under way", true],
      ["waiting", false],
      ["new", false],
    ]);
    expect(diagnostics.lines).toEqual([
      `info the spool in ${directory} holds 4 items of an earlier process; they are sent now`,
    ]);
  });

  it("takes back what could not be sent, in its place (R-P8)", async () => {
    const { spool } = create();
    for (const one of ["one", "two"]) await spool.put(bytes(one), 1);
    const taken = await spool.take();
    if (taken !== undefined) spool.settle(taken, "unsent");
    await expect(takeAll(spool)).resolves.toEqual([
      ["one", false],
      ["two", false],
    ]);
  });

  it("writes before it returns when the process ends, and says what may have arrived already (R-P9)", async () => {
    const { spool } = create();
    expect(spool.putNow(bytes("queued"), 3, false)).toBe("kept");
    expect(spool.putNow(bytes("flying"), 2, true)).toBe("kept");
    spool.close();
    const { spool: next } = create();
    await expect(next.recover()).resolves.toEqual({ items: 5 });
    await expect(takeAll(next)).resolves.toEqual([
      ["queued", false],
      ["flying", true],
    ]);
  });

  it("passes over a torn last record and damage in the middle, and finds every whole record behind it (R-P8)", async () => {
    const { spool } = create();
    for (const one of ["first", "second", "third"]) await spool.put(bytes(one), 1);
    spool.close();
    const [path = ""] = files();
    const file = readFileSync(path);
    file[file.indexOf("second")] = 0;
    const torn = encodeRecord(bytes("torn away"), { state: "waiting", items: 1, epochMs: 0 });
    writeFileSync(path, Buffer.concat([file, torn.subarray(0, torn.length - 3)]));
    const { spool: next, diagnostics } = create();
    await expect(next.recover()).resolves.toEqual({ items: 2 });
    await expect(takeAll(next)).resolves.toEqual([
      ["first", false],
      ["third", false],
    ]);
    expect(diagnostics.lines[0]).toMatch(
      /^warn the spool in .* held \d+ incomplete or damaged bytes, which are skipped$/,
    );
  });

  it("counts a body that is damaged on the disk after it was written (R-P8)", async () => {
    const { spool, lost } = create();
    await spool.put(bytes("damaged"), 4);
    await spool.put(bytes("good"), 1);
    const [path = ""] = files();
    const handle = openSync(path, "r+");
    writeSync(handle, Buffer.from([0]), 0, 1, readFileSync(path).indexOf("damaged"));
    closeSync(handle);
    await expect(takeAll(spool)).resolves.toEqual([["good", false]]);
    expect(lost).toEqual([[4, "spool-corrupt"]]);
  });

  it("never takes more than its bound of the disk: the oldest makes room, and is counted (R-P8)", async () => {
    const { spool, lost } = create({ maxBytes: 8_000 });
    for (let i = 0; i < 100; i++) {
      await spool.put(bytes(`${i} ${"x".repeat(300)}`), 1);
      expect(files().reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThanOrEqual(8_000);
    }
    const left = await takeAll(spool);
    expect(left.length + lost.length).toBe(100);
    expect(left.length).toBeGreaterThan(10);
    expect(left.at(-1)?.[0]).toMatch(/^99 /);
    expect(new Set(lost.map(([, reason]) => reason))).toEqual(new Set(["spool-full"]));
    await expect(spool.put(bytes("x".repeat(5_000)), 1)).resolves.toBe("full");
  });

  it("does not send what is too old (R-P8)", async () => {
    let nowMs = 1_000_000;
    const { spool, lost } = create({ epochMs: () => nowMs });
    await spool.put(bytes("old"), 2);
    nowMs += 60_001;
    await spool.put(bytes("young"), 1);
    await expect(takeAll(spool)).resolves.toEqual([["young", false]]);
    expect(lost).toEqual([[2, "spool-expired"]]);
  });

  it("says once that it cannot be written, and once that it can again (R-P8)", async () => {
    writeFileSync(directory, "a file where the directory should be");
    const { spool, diagnostics } = create();
    await expect(spool.put(bytes("a"), 1)).resolves.toBe("unwritable");
    expect(spool.putNow(bytes("a"), 1, false)).toBe("unwritable");
    rmSync(directory);
    await expect(spool.put(bytes("b"), 1)).resolves.toBe("kept");
    expect(diagnostics.lines).toEqual([
      `warn cannot write to the spool in ${directory} (${directory} is no folder); telemetry stays in memory up to its limit`,
      `info the spool in ${directory} can be written again`,
    ]);
  });

  it("leaves alone what is no spool file, and a spool whose owner lives (R-P8)", async () => {
    const { spool } = create();
    await spool.put(bytes("mine"), 1);
    writeFileSync(join(directory, "notes.txt"), "hello");
    const { spool: other } = create();
    await expect(other.recover()).resolves.toEqual({ items: 0 });
    chmodSync(directory, 0o700);
    await expect(takeAll(spool)).resolves.toEqual([["mine", false]]);
  });

  it("knows a file whose owner is gone by its process, or by its age on another machine (R-P8)", () => {
    const self = owner({ beganEpochMs: 5_000 });
    const orphan = (name: string, touchedMs = 6_000): boolean => isOrphan(name, touchedMs, self, 700_000);
    expect(orphan("web_1-8-0-000001.spool")).toBe(false);
    expect(orphan("web_1-9-0-000001.spool")).toBe(true);
    expect(orphan("web_1-7-0-000001.spool")).toBe(true);
    expect(orphan("web_1-7-3-000001.spool")).toBe(false);
    expect(orphan("web_1-7-3-000001.spool", 4_000)).toBe(true);
    expect(orphan("web_2-9-0-000001.spool")).toBe(true);
    expect(orphan("web_2-9-0-000001.spool", 690_000)).toBe(false);
    expect(orphan("other.spool")).toBe(false);
  });

  it("knows that an owner is gone though its number is in use again: after a reboot, or after many processes (B6)", () => {
    const births = new Map([
      [7, "aa1"],
      [8, "aa2"],
    ]);
    const self = owner({ birthOf: (pid) => births.get(pid) });
    const orphan = (name: string, touchedMs = 690_000): boolean => isOrphan(name, touchedMs, self, 700_000);
    expect(orphan("web_1-8-0-baa2-000001.spool")).toBe(false);
    expect(orphan("web_1-8-0-bbb2-000001.spool")).toBe(true);
    expect(orphan("web_1-7-5-baa1-000001.spool")).toBe(false);
    expect(orphan("web_1-7-5-bbb1-000001.spool")).toBe(true);
    // Where the system does not tell, the time of the last reboot does.
    const untold = owner({ bootedEpochMs: 600_000 });
    expect(isOrphan("web_1-8-0-000001.spool", 500_000, untold, 700_000)).toBe(true);
    expect(isOrphan("web_1-8-0-000001.spool", 610_000, untold, 700_000)).toBe(false);
  });

  it("sends what was spooled before a reboot by a process whose number is in use again (B6)", async () => {
    const before = { ...thisOwner(), pid: process.ppid, birthOf: () => "0123" };
    const { spool } = create({ owner: before });
    await spool.put(bytes("before the reboot"), 1);
    spool.close();
    const { spool: next } = create({ owner: { ...thisOwner(), birthOf: (pid) => String(pid) } });
    await expect(next.recover()).resolves.toEqual({ items: 1 });
    await expect(takeAll(next)).resolves.toEqual([["before the reboot", false]]);
  });

  it("tells processes apart that have the same number, on Linux (B6)", () => {
    const { birthOf, pid } = thisOwner();
    const tells = process.platform === "linux";
    expect(birthOf(pid)).toEqual(tells ? expect.stringMatching(/^[0-9a-f]{13,}$/) : undefined);
    expect(birthOf(process.ppid) !== birthOf(pid)).toBe(tells);
    expect(birthOf(2 ** 22 + 1)).toBeUndefined();
  });

  it("finds every whole record of a file that was cut anywhere (R-P8)", () => {
    const records = ["a", "bb", "GREC in a body", ""].map((one, i) =>
      encodeRecord([Buffer.from(one)], { state: "waiting", items: i + 1, epochMs: 5 }),
    );
    const file = Buffer.concat([fileHead, ...records]);
    fc.assert(
      fc.property(fc.nat(file.length), (length) => {
        const { records: found } = scanSpool(file.subarray(0, length));
        let end = fileHead.length;
        const whole = records.filter((record) => (end += record.length) <= length);
        expect(found.map(({ items }) => items)).toEqual(whole.map((_, i) => i + 1));
      }),
    );
  });
});

function full(): never {
  throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
}

const descriptors = (): number => readdirSync("/dev/fd").length;

describe("FileSpool on a disk that is full", () => {
  it("leaves no descriptor and no file behind, and says so once (B3)", async () => {
    const { spool, diagnostics } = create();
    const before = descriptors();
    vi.spyOn(fs, "writeSync").mockImplementation(full);
    for (let i = 0; i < 20; i++) await expect(spool.put(bytes("one"), 1)).resolves.toBe("unwritable");
    expect(spool.putNow(bytes("one"), 1, false)).toBe("unwritable");
    expect([descriptors(), files()]).toEqual([before, []]);
    expect(diagnostics.lines).toHaveLength(1);
    vi.restoreAllMocks();
    await expect(spool.put(bytes("two"), 1)).resolves.toBe("kept");
    await expect(takeAll(spool)).resolves.toEqual([["two", false]]);
  });

  it("nor where the head of a file still has room, and its record has not (B3)", async () => {
    const { spool, diagnostics } = create();
    const before = descriptors();
    const write = vi.spyOn(fs, "write") as unknown as { mockImplementation(fn: (...args: never[]) => void): void };
    write.mockImplementation((...args: unknown[]) => {
      const done = args.at(-1) as (error: Error | null, written: number) => void;
      setImmediate(() => done(null, 3));
    });
    for (let i = 0; i < 20; i++) {
      await expect(spool.put(bytes("x".repeat(20_000)), 1)).resolves.toBe("unwritable");
    }
    expect([descriptors(), files(), spool.bytes]).toEqual([before, [], 0]);
    expect(diagnostics.lines).toHaveLength(1);
  });
});

describe("FileSpool beside a cleaner", () => {
  it("keeps to its bound when files that it took over are deleted (B4)", async () => {
    const { spool: earlier } = create();
    for (let i = 0; i < 4; i++) await earlier.put(bytes(`${i} ${"x".repeat(9_000)}`), 1);
    earlier.close();
    const { spool, lost, diagnostics } = create();
    await spool.recover();
    for (const path of files()) rmSync(path);
    await expect(spool.take()).resolves.toBeUndefined();
    expect(lost).toEqual(Array.from({ length: 4 }, () => [1, "spool-corrupt"]));
    for (let i = 0; i < 60; i++) {
      await expect(spool.put(bytes(`${i} ${"y".repeat(9_000)}`), 1)).resolves.toBe("kept");
      expect(files().reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThanOrEqual(100_000);
    }
    expect(diagnostics.lines.filter((line) => line.startsWith("warn"))).toEqual([]);
  });

  it("goes on in a new file when the one it writes to is deleted, or the whole folder is (B4)", async () => {
    const { spool } = create();
    await spool.put(bytes("one"), 1);
    for (const path of files()) rmSync(path);
    await spool.put(bytes("two"), 1);
    expect(files()).toHaveLength(1);
    rmSync(directory, { recursive: true });
    await spool.put(bytes("three"), 1);
    expect(files()).toHaveLength(1);
    await expect(takeAll(spool)).resolves.toEqual([
      ["one", false],
      ["two", false],
      ["three", false],
    ]);
    expect(files()).toEqual([]);
  });
});

/** Who may do all gives one away; else the root's are somebody else's. */
function othersFolder(): string {
  if (process.getuid?.() !== 0) return "/usr";
  mkdirSync(directory, { mode: 0o700 });
  fs.chownSync(directory, 12_345, 12_345);
  return directory;
}

describe("the folder of a spool", () => {
  const own = (): { parent: string; directory: string } => ({ parent: directory, directory: join(directory, "shop") });

  it("is this user's alone, with the one above it (B5)", async () => {
    const { spool } = create(own());
    await expect(spool.put(bytes("a"), 1)).resolves.toBe("kept");
    for (const path of Object.values(own())) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it.each([
    ["a link to somewhere else", () => symlinkSync(tmpdir(), directory), "is a link"],
    ["open to others", () => chmodSync((mkdirSync(directory), directory), 0o777), "mode 777 where 700 is wanted"],
  ])("is refused where the one above it is %s, with one line (B5)", async (_, prepare, reason) => {
    prepare();
    const { spool, diagnostics } = create(own());
    await expect(spool.recover()).resolves.toEqual({ items: 0 });
    await expect(spool.put(bytes("a"), 1)).resolves.toBe("unwritable");
    await expect(spool.put(bytes("a"), 1)).resolves.toBe("unwritable");
    expect(diagnostics.lines).toHaveLength(1);
    expect(diagnostics.lines[0]).toContain(reason);
  });

  it("is looked at again for each file: a link that takes its place later is refused, and a planted file is never sent (B5)", async () => {
    const elsewhere = join(directory, "..", "elsewhere");
    const { spool } = create({ ...own(), maxBytes: 8_000 });
    await spool.put(bytes("a"), 1);
    mkdirSync(join(elsewhere, "shop"), { recursive: true, mode: 0o700 });
    rmSync(directory, { recursive: true });
    symlinkSync(elsewhere, directory);
    await expect(spool.put(bytes("x".repeat(2_000)), 1)).resolves.toBe("unwritable");
    expect(readdirSync(join(elsewhere, "shop"))).toEqual([]);
  });

  it("that a user names is refused as a link or where others may write, and used where they may read (B5)", async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    const { spool } = create();
    await expect(spool.put(bytes("a"), 1)).resolves.toBe("kept");
    chmodSync(directory, 0o775);
    await expect(create().spool.put(bytes("a"), 1)).resolves.toBe("unwritable");
    const link = `${directory}-link`;
    symlinkSync(directory, link);
    await expect(create({ directory: link }).spool.put(bytes("a"), 1)).resolves.toBe("unwritable");
  });

  it("is refused where it belongs to another user (B5)", async () => {
    const { spool, diagnostics } = create({ directory: othersFolder() });
    await expect(spool.put(bytes("a"), 1)).resolves.toBe("unwritable");
    expect(diagnostics.lines[0]).toContain("belongs to another user");
  });

  it("holds no link that is followed: a file that is one is left alone (B5)", async () => {
    const target = join(directory, "..", "target");
    writeFileSync(target, fileHead);
    mkdirSync(directory, { mode: 0o700 });
    symlinkSync(target, join(directory, "web_1-9-0-000001.spool"));
    const { spool } = create({ owner: owner() });
    await expect(spool.recover()).resolves.toEqual({ items: 0 });
    expect(readdirSync(directory)).toHaveLength(1);
  });
});
