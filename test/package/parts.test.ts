import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { lastLine, runNode } from "./consumers.ts";

const { folders, home, node22, node26 } = await installed(inject("consumers"));
const folder = folders["1.10.0"];

const lines = [
  ["22", node22],
  ["this", process.execPath],
  ["26", node26],
] as const;

/** A loader of another library's, off the main thread. */
const loader =
  '--import=data:text/javascript,import{register}from"node:module";register("data:text/javascript,export%20function%20resolve(a,b,c){return%20c(a,b)}")';

describe("parts of core that few services use", () => {
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  describe.each(lines)("on Node %s", (_line, node) => {
    it.each([
      ["import", ["parts.mjs"]],
      ["require", ["parts.cjs"]],
      ["import behind a loader", [loader, "parts.mjs"]],
    ])("are read when they are asked for, beside one copy of all else: %s (R-A8)", async (_kind, args) => {
      const seen = await run(args, node);
      expect(seen).toMatchObject({ refused: "GSM_RULE", counts: true });
      expect(seen.parts).toEqual([
        "compile-rules",
        "fallback",
        "file-spool",
        "process-metrics",
        "prometheus-handler",
        "statsd-export",
        "variables",
      ]);
    });
  });

  it.each(["esm", "cjs"] as const)(
    "are in the file that a bundler makes, and work where nothing is installed: %s (R-A8)",
    async (format) => {
      const alone = join(home, `bundle-parts-${format}`);
      mkdirSync(alone, { recursive: true });
      const outfile = join(alone, format === "esm" ? "app.mjs" : "app.cjs");
      const { warnings } = await build({
        entryPoints: [join(folder, format === "esm" ? "parts.mjs" : "parts.cjs")],
        outfile,
        bundle: true,
        platform: "node",
        target: "node22",
        format,
        banner:
          format === "esm"
            ? { js: 'import { createRequire as of } from "node:module"; const require = of(import.meta.url);' }
            : {},
        logLevel: "silent",
      });
      expect(warnings.map(({ text }) => text)).toEqual([]);
      expect(await run([outfile], process.execPath, alone)).toMatchObject({
        refused: "GSM_RULE",
        counts: true,
        parts: [],
      });
    },
  );

  async function run(args: readonly string[], node: string, cwd = folder): Promise<{ parts: readonly string[] }> {
    const ended = await runNode(args, { cwd, endpoint: receiver.url, node });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans.map((span) => span.name)).toEqual(["work"]);
    return lastLine(ended) as { parts: readonly string[] };
  }
});
