// Puts the page of the dev page into three files: what a browser of this year runs, without anything from elsewhere.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** Writes `dist/page/{index.html,app.js,app.css}` of the package in this folder. */
export async function bundlePage(folder: string): Promise<void> {
  const source = join(folder, "page");
  const outdir = join(folder, "dist/page");
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({
    absWorkingDir: source,
    entryPoints: { app: "main.tsx" },
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome122", "firefox123", "safari17"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "eof",
    logLevel: "warning",
  });
  await copyFile(join(source, "index.html"), join(outdir, "index.html"));
}
