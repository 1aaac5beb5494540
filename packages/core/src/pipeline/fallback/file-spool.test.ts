import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
    await expect(next.open()).resolves.toEqual({ items: 4 });
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
    await expect(next.open()).resolves.toEqual({ items: 5 });
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
    await expect(next.open()).resolves.toEqual({ items: 2 });
    await expect(takeAll(next)).resolves.toEqual([
      ["first", false],
      ["third", false],
    ]);
    expect(diagnostics.lines[0]).toMatch(
      /^warn the spool in .* held \d+ torn or damaged bytes, which are passed over$/,
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
      `warn cannot write to the spool in ${directory} (EEXIST); telemetry stays in memory up to its bound`,
      `info the spool in ${directory} can be written again`,
    ]);
  });

  it("leaves alone what is no spool file, and a spool whose owner lives (R-P8)", async () => {
    const { spool } = create();
    await spool.put(bytes("mine"), 1);
    writeFileSync(join(directory, "notes.txt"), "hello");
    const { spool: other } = create();
    await expect(other.open()).resolves.toEqual({ items: 0 });
    chmodSync(directory, 0o700);
    await expect(takeAll(spool)).resolves.toEqual([["mine", false]]);
  });

  it("knows a file whose owner is gone by its process, or by its age on another machine (R-P8)", () => {
    const self: SpoolOwner = { host: "web-1", pid: 7, thread: 0, beganEpochMs: 5_000, isRunning: (pid) => pid === 8 };
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
