import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileSpool } from "./pipeline/fallback/file-spool.ts";
import { thisOwner } from "./pipeline/fallback/spool-owner.ts";
import { keepLines } from "./pipeline/testing/pipeline-kit.ts";
import { requestOf, spanData } from "./testing/span-data.ts";
import { ProtobufWriter } from "./otlp/protobuf-writer.ts";
import { writeSpan } from "./otlp/span-writer.ts";
import { handClock } from "./metrics/testing/test-metrics.ts";

const command = fileURLToPath(new URL("gossamer-spool.ts", import.meta.url));
let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "spool-command-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--no-warnings", command, ...args], (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });
}

function requestOfOne(name: string): Uint8Array {
  const writer = new ProtobufWriter(16);
  writeSpan(writer, spanData({ name }), handClock(0));
  const bytes = writer.bytes();
  const { scope } = spanData();
  return requestOf([{ bytes, ends: Uint32Array.of(bytes.length), segments: [{ scope, first: 0 }] }]);
}

test("a command shows what a spool holds: files, bodies, spans, damage (R-P8)", async () => {
  const spool = new FileSpool({
    directory,
    maxBytes: 100_000,
    maxAgeMs: 60_000,
    owner: thisOwner(),
    epochMs: () => 1_700_000_000_000,
    lost: () => {},
    diagnostics: keepLines(),
  });
  for (const name of ["first", "second"]) await spool.put([requestOfOne(name)], 1);
  await spool.take();
  spool.close();
  const [file = ""] = readdirSync(directory);
  appendFileSync(join(directory, file), "torn");
  const { code, out } = await run(directory, "--spans");
  expect(code).toBe(0);
  const lines = out.trim().split("\n");
  expect(lines[0]).toMatch(/^\S+\.spool: \d+ bytes, 2 bodies, 4 bytes damaged$/);
  expect(lines[1]).toMatch(/^ {2}2023-11-14T22:13:20.000Z under-way 1 spans \d+ bytes$/);
  expect(lines[2]).toContain(" internal first trace=");
  expect(lines[4]).toContain(" internal second trace=");
  expect(lines[5]).toBe("1 files: 1 spans wait, 1 were in flight, 0 are done with; 4 bytes are incomplete or damaged");
});

test("the command says what it wants, and what it cannot read (R-P8)", async () => {
  expect((await run()).code).toBe(2);
  expect((await run(directory, "--span")).errors).toContain("gossamer-spool <directory> [--spans]");
  const missing = await run(join(directory, "missing"));
  expect([missing.code, missing.errors]).toEqual([1, expect.stringContaining("cannot read")]);
});
