import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startOtlpReceiver } from "@gossamer/testing";
import { describe, expect, it } from "vitest";

const fixture = join(import.meta.dirname, "fixtures", "ending-with.mjs");
const sent = 100;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the library told its hooks. */
  readonly hooks: readonly string[];
}

interface EndedWithUs extends Ended {
  readonly delivered: number;
  readonly errors: string;
}

async function endWith(
  library: string,
  gossamer: "never" | "before" | "after",
  signal: NodeJS.Signals,
): Promise<EndedWithUs> {
  const receiver = await startOtlpReceiver();
  const { VITEST: _1, VITEST_WORKER_ID: _2, NODE_ENV: _3, ...env } = process.env;
  const child = spawn(process.execPath, [fixture, library, gossamer], {
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
  try {
    let output = "";
    let errors = "";
    const closed = once(child, "close");
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    await expect.poll(() => output.includes("port ") || child.exitCode !== null, { timeout: 60_000 }).toBe(true);
    child.kill(signal);
    const [code, by] = (await closed) as [number | null, NodeJS.Signals | null];
    const hooks = output.split("\n").filter((line) => line.startsWith("hook"));
    const delivered = receiver.spans.filter(({ name }) => name === "work").length;
    return { code, signal: by, hooks, delivered, errors };
  } finally {
    child.kill("SIGKILL");
    await receiver.close();
  }
}

const listed = spawnSync(process.execPath, [fixture, "list"], { encoding: "utf8" });
const libraries = JSON.parse(listed.stdout) as readonly string[];
/** It calls `process.exit()` while the signal is being told: nothing that takes a turn of the event loop is done any more. */
const exitsAtOnce = "exit-hook";

it("has libraries to try", () => {
  expect(libraries.length).toBeGreaterThan(12);
  expect(libraries).toContain(exitsAtOnce);
});

describe.each(libraries)("%s", (library) => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends a service on %s as it does without us, registered before or after it, and all is delivered first (A2)",
    async (signal) => {
      const [bare, ...withUs] = await Promise.all(
        (["never", "before", "after"] as const).map((gossamer) => endWith(library, gossamer, signal)),
      );
      for (const { delivered, errors, ...ended } of withUs) {
        expect(ended).toEqual({ code: bare?.code, signal: bare?.signal, hooks: bare?.hooks });
        if (library === exitsAtOnce) expect(errors).toContain(`the process ends before ${sent} spans were delivered`);
        else expect([delivered, errors]).toEqual([sent, ""]);
      }
      expect(bare?.signal).not.toBe("SIGKILL");
      expect(bare?.hooks.length).toBeGreaterThan(library.includes("once") ? -1 : 0);
    },
    180_000,
  );
});
