import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { resetTelemetry } from "@gossamer/core";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";
import { testEngine } from "./testing/test-engine.ts";

afterEach(() => resetTelemetry());

const lines = 20;

test("flush() writes out every asynchronous destination of a multistream (B10)", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gossamer-multistream-"));
  try {
    const engine = testEngine();
    const files = ["a", "b", "c"].map((name) => join(folder, name));
    const [first, second, third] = files.map((dest) => pino.destination({ dest, sync: false, minLength: 8_192 }));
    const nested = pino.multistream([{ stream: third! }]);
    const logger = createLogger(engine, { destination: pino.multistream([first!, second!, nested]), level: "info" });
    for (let i = 0; i < lines; i++) logger.info(`line ${i}`);
    expect(await engine.flush(30_000)).toBe(true);
    for (const file of files) expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(lines);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("flush() waits for a slow stream of Node's, and says when its deadline came first (B10)", async () => {
  const engine = testEngine();
  const written: string[] = [];
  let delayMs = 1;
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setTimeout(() => {
        written.push(chunk.toString());
        done();
      }, delayMs);
    },
  });
  const logger = createLogger(engine, { destination: pino.multistream([slow]), level: "info" });
  for (let i = 0; i < lines; i++) logger.info(`line ${i}`);
  expect(await engine.flush(30_000)).toBe(true);
  expect(written).toHaveLength(lines);
  delayMs = 60_000;
  logger.info("stuck");
  expect(await engine.flush(30)).toBe(false);
  slow.destroy();
});

test("20 flushes at a time share what is under way, cover what was written before each, and print no warning of Node's (B10)", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gossamer-flushes-"));
  const warnings: Error[] = [];
  const note = (warning: Error): number => warnings.push(warning);
  process.on("warning", note);
  try {
    const engine = testEngine();
    const file = join(folder, "log");
    const logger = createLogger(engine, { destination: file, level: "info" });
    const flushes = Array.from({ length: lines }, async (_, i) => {
      logger.info(`line ${i}`);
      expect(await engine.flush(30_000)).toBe(true);
      expect(readFileSync(file, "utf8")).toContain(`"line ${i}"`);
    });
    await Promise.all(flushes);
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  } finally {
    process.off("warning", note);
    rmSync(folder, { recursive: true, force: true });
  }
});
