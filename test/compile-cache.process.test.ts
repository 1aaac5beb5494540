import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const run = promisify(execFile);
const bundle = join(import.meta.dirname, "../packages/core/dist/bundle");
const home = mkdtempSync(join(tmpdir(), "gossamer-compile-cache-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const body = `
  createTelemetry({ serviceName: "cached", exporter: "none", diagnostics: "none" }).meterProvider.getMeter("a");
  process.exit();
`;

test.each([
  ["import", "mjs", `import { createTelemetry } from ${JSON.stringify(join(bundle, "index.js"))};`],
  ["require", "cjs", `const { createTelemetry } = require(${JSON.stringify(join(bundle, "index.cjs"))});`],
])(
  "with NODE_COMPILE_CACHE, a second start by %s compiles neither the main file nor a part (R-A8)",
  async (how, extension, load) => {
    const service = join(home, `${how}.${extension}`);
    writeFileSync(service, load + body);
    const env = { PATH: process.env["PATH"], NODE_COMPILE_CACHE: join(home, how), NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
    const accepted = async (): Promise<string[]> => {
      // Node writes what it debugs to standard error.
      const { stderr } = await run(process.execPath, [service], { env });
      return [...stderr.matchAll(/CommonJS \S+[/\\](\S+\.cjs) was accepted/g)].map(([, file]) => String(file));
    };
    expect(await accepted()).toEqual([]);
    expect(await accepted()).toEqual(expect.arrayContaining(["adapter.cjs", "meters.cjs"]));
  },
);
