import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const fixtures = join(import.meta.dirname, "..", "fixtures");
const lines = 1_000;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gossamer-logs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly { readonly level: number; readonly msg: string; readonly err?: { readonly type: string } }[];
  readonly stderr: string;
}

interface Death {
  readonly kind: "sync" | "async" | "given" | "worker";
  readonly how: string;
  readonly to?: "file" | "stdout";
  readonly pino?: 9 | 10;
}

/** A process that logs a thousand lines and dies, and what of them is there afterwards. */
async function die({ kind, how, to = "file", pino = 10 }: Death): Promise<Ended> {
  const file = join(folder, `${kind}-${how}-${to}-${pino}.log`);
  const given = pino === 9 ? ["--import", join(fixtures, "with-pino-9.mjs")] : [];
  const child = spawn(
    process.execPath,
    [...given, join(fixtures, "dying-process.mjs"), kind, to === "file" ? file : "-", how],
    { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000, killSignal: "SIGKILL" },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const text = to === "file" ? readFileSync(file, "utf8") : stdout;
  const parsed = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Ended["lines"][number]);
  return { code, signal, lines: parsed, stderr };
}

const killed = { code: null, signal: "SIGTERM" };

describe.each([10, 9] as const)("the end of a process, pino %i", (pino) => {
  test.each(["sync", "async", "worker"] as const)(
    "SIGTERM: every line of a destination that is %s is written, and the signal ends the process (R-G4)",
    async (kind) => {
      for (const how of ["sigterm", "sigterm-later"]) {
        const ended = await die({ kind, how, pino });
        expect({ code: ended.code, signal: ended.signal, lines: ended.lines.length }, ended.stderr).toEqual({
          ...killed,
          lines,
        });
      }
    },
  );

  test.each(["sync", "async", "given"] as const)(
    "a second SIGTERM: lines that wait by then are written to a destination that is %s, before the process ends (R-G4)",
    async (kind) => {
      const ended = await die({ kind, how: "sigterm-twice", pino });
      expect({ code: ended.code, signal: ended.signal, lines: ended.lines.length }, ended.stderr).toEqual({
        ...killed,
        lines: lines + 10,
      });
    },
  );

  test.each(["sync", "async", "worker"] as const)(
    "natural exit and process.exit(): every line of a destination that is %s is written, and the exit code kept (R-G4)",
    async (kind) => {
      const natural = await die({ kind, how: "natural-exit", pino });
      expect([natural.code, natural.lines.length], natural.stderr).toEqual([0, lines]);
      const exited = await die({ kind, how: "process-exit", pino });
      expect([exited.code, exited.lines.length], exited.stderr).toEqual([3, lines]);
    },
  );

  test.each(["sync", "async", "worker"] as const)(
    "an error that nobody caught: every line of a destination that is %s is written, and one of the error (R-G4, R-G7)",
    async (kind) => {
      for (const [how, msg] of [
        ["throw", "uncaught exception"],
        ["reject", "unhandled rejection"],
      ] as const) {
        const ended = await die({ kind, how, pino });
        expect([ended.code, ended.lines.length], ended.stderr).toEqual([1, lines + 1]);
        expect(ended.lines.at(-1)).toMatchObject({ level: 60, msg, err: { type: "RangeError" } });
        // Node says it as it would have.
        expect(ended.stderr).toContain("nobody catches this");
      }
    },
  );
});

test("standard output is flushed like a file (R-G4)", async () => {
  for (const kind of ["sync", "async", "worker"] as const) {
    const ended = await die({ kind, how: "sigterm", to: "stdout" });
    expect({ code: ended.code, signal: ended.signal, lines: ended.lines.length }, ended.stderr).toEqual({
      ...killed,
      lines,
    });
  }
});

test("a service that listens to SIGTERM and exits by itself loses no line (R-G4)", async () => {
  const ended = await die({ kind: "async", how: "own-listener" });
  expect([ended.code, ended.lines.length], ended.stderr).toEqual([4, lines]);
});

test("where telemetry is switched off each line is written at once, so that SIGTERM loses none (R-G4, R-I7)", async () => {
  const ended = await die({ kind: "async", how: "sigterm-disabled" });
  expect({ code: ended.code, signal: ended.signal, lines: ended.lines.length }).toEqual({ ...killed, lines });
});

// "/dev/full" takes nothing: each write fails as on a full disk.
describe.each([10, 9] as const)("a disk that is full, pino %i", (pino) => {
  const given = pino === 9 ? ["--import", join(fixtures, "with-pino-9.mjs")] : [];

  async function endOn(
    kind: string,
    how: string,
  ): Promise<{ code: number | null; signal: string | null; last: unknown }> {
    const child = spawn(process.execPath, [...given, join(fixtures, "full-disk-process.mjs"), kind, how], {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 60_000,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { code, signal, last: stdout === "" ? undefined : (JSON.parse(stdout) as unknown) };
  }

  test.each(["async", "sync"])(
    "process.exit() and the natural end keep their code and count the lines that were lost, destination %s (R-G4)",
    async (kind) => {
      const drops = { "destination-failed": 3 };
      expect(await endOn(kind, "exit-at-once")).toEqual({ code: 3, signal: null, last: drops });
      expect(await endOn(kind, "exit-later")).toEqual({ code: 3, signal: null, last: drops });
      expect(await endOn(kind, "natural")).toEqual({ code: 0, signal: null, last: drops });
    },
  );

  test.each(["async", "sync"])("SIGTERM ends the process, destination %s (R-G4)", async (kind) => {
    expect(await endOn(kind, "sigterm")).toEqual({ code: null, signal: "SIGTERM", last: undefined });
  });

  test.each(["async", "sync"])(
    "a line of level fatal does not hold up the service, destination %s (R-G4)",
    async (kind) => {
      expect(await endOn(kind, "fatal")).toEqual({ code: 0, signal: null, last: { "destination-failed": 4 } });
    },
  );

  test.each(["async", "sync"])("an error that nobody caught ends the process, destination %s (R-G4)", async (kind) => {
    expect(await endOn(kind, "throw")).toEqual({ code: 1, signal: null, last: { "destination-failed": 4 } });
  });
});
