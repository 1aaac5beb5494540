import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { apiVersions, runNode } from "./consumers.ts";

const { folders, home } = await installed(inject("consumers"));

/** The lines that the fixture wrote. */
function expectLines(stdout: string): void {
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const traceId = lines.find(({ msg }) => msg === "answered")?.["traceId"];
  expect(traceId).toMatch(/^[\da-f]{32}$/);
  const told = lines.filter(({ trace_id: id }) => id === traceId);
  expect(told.map(({ msg }) => msg)).toEqual(["after an await", "in a step", "GET /hello/:name 500"]);
}

it.each(apiVersions)("lines carry the ids of their request beside API %s (R-G1)", async (version) => {
  const ended = await runNode(["logs.mjs"], { cwd: folders[version] });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expectLines(ended.stdout);
});

it("lines of an app that is one ESM file carry the ids of their request, where nothing is installed (R-G1)", async () => {
  const alone = join(home, "bundle-logs");
  mkdirSync(alone, { recursive: true });
  const bundle = join(alone, "app.mjs");
  await build({
    entryPoints: [join(folders["1.10.0"], "logs.mjs")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    // Express and pino are CommonJS.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "silent",
  });
  const ended = await runNode([bundle], { cwd: alone });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expectLines(ended.stdout);
});
