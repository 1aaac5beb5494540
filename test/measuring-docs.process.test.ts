import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { OverheadReport } from "@gossamer/measure";
import { measureSettings } from "../packages/measure/src/measure-options.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const page = readFileSync(new URL("../docs/measuring.md", import.meta.url), "utf8");
const cache = join(import.meta.dirname, "node_modules/.cache");
let folder = "";

beforeAll(() => {
  // Beside the packages that the example imports.
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "measuring-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function example(name: string): string {
  const [, code] = new RegExp(`<!-- ${name} -->\\n\\n\`\`\`js\\n([^]*?)\`\`\``).exec(page) ?? [];
  if (code === undefined) throw new Error(`docs/measuring.md has no example ${name}`);
  return code;
}

describe("docs/measuring.md", () => {
  it("its example runs, prints tables and writes JSON (R-O6)", async () => {
    const few = "rounds: 1, slices: 1, requests: 30, warmUpRequests: 0, warmUpMs: 0, pin: false";
    writeFileSync(join(folder, "workload.js"), example("workload"));
    writeFileSync(join(folder, "measure.js"), example("measure").replaceAll("rounds: 10", few));
    const { stdout } = await promisify(execFile)(process.execPath, ["measure.js"], { cwd: folder });
    expect(stdout).toMatch(/^CPU a request, µs /m);
    expect(stdout).toMatch(/^encoding and export /m);
    expect(stdout).toMatch(/^1\. (?:minimal|balanced|everything) /m);
    expect(stdout).not.toContain("Not a success");
    const report = JSON.parse(readFileSync(join(folder, "overhead.json"), "utf8")) as OverheadReport;
    expect(report.kind).toBe("overhead");
    expect(report.rounds["telemetry"]).toHaveLength(1);
  }, 300_000);

  it("tells every option with its default (R-C1)", () => {
    const { onProgress: _, ...settings } = measureSettings({}, []);
    const options = page.slice(page.indexOf("## Options"));
    for (const [name, value] of Object.entries(settings)) {
      const row = options.split("\n").find((line) => line.startsWith("|") && line.includes(`\`${name}\``));
      expect(row, name).toContain(typeof value === "object" ? "{}" : String(value));
    }
  });
});
