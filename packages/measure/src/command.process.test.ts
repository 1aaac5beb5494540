import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { LoadReport } from "./index.ts";

const command = fileURLToPath(new URL("command.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gossamer-load-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...parameters: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...parameters], {
    encoding: "utf8",
    cwd: folder,
    timeout: 170_000,
  });
  return { code: status, out: stdout, err: stderr };
}

const short = ["--seconds", "0.2", "--rounds", "1", "--threads", "2", "--batches", "128,512", "--ratios", "0.1,1"];

describe("gossamer-measure load", () => {
  it("puts each ratio and batch under load, loses nothing, and saves and draws what it measured (R-D4)", () => {
    const [saved, plot] = [join(folder, "a.json"), join(folder, "a.svg")];
    const { code, out, err } = run("load", ...short, "--out", saved, "--plot", plot);
    expect([code, err.split("\n").filter((line) => !/^(?:round|trying|spans)/.test(line) && line !== "")]).toEqual([
      0,
      [],
    ]);
    const report = JSON.parse(readFileSync(saved, "utf8")) as LoadReport;
    expect(report.schemaVersion).toBe(1);
    expect(report.machine.node).toBe(process.version);
    expect(report.cells.map(({ name }) => name)).toEqual([
      "off",
      "off again (A/A)",
      "ratio 0.1, batch 128",
      "ratio 0.1, batch 512",
      "ratio 1, batch 128",
      "ratio 1, batch 512",
    ]);
    for (const { ratio, rounds } of report.cells) {
      expect(rounds).toHaveLength(1);
      expect(rounds[0]?.lostSpans).toBe(0);
      expect(rounds[0]?.cpuMicros).toBeGreaterThan(0);
      // Two spans a request, with those of the warm-up.
      if (ratio === 1) expect(rounds[0]?.exportedSpans).toBeGreaterThanOrEqual(2 * (rounds[0]?.requests ?? Infinity));
      if (ratio === undefined) expect(rounds[0]?.exportedSpans).toBe(0);
    }
    expect(report.burst).toMatchObject({ spans: 100_000, lost: 0 });
    expect(report.burst.spansPerSecond).toBeGreaterThan(0);
    expect(report.threads).toMatchObject({ threads: 2 });
    expect(report.threads.spansPerSecond).toBeGreaterThan(0);
    expect(out).toContain("100,000 spans at once");
    expect(readFileSync(plot, "utf8")).toMatch(/^<svg /);
    // It is what compare reads; of one start it says nothing.
    expect(run("compare", saved, saved)).toMatchObject({ code: 3 });
    const cells = report.cells.map((cell) => ({ ...cell, rounds: Array.from({ length: 6 }, () => cell.rounds[0]) }));
    const [often, part] = [join(folder, "often.json"), join(folder, "part.json")];
    writeFileSync(often, JSON.stringify({ ...report, cells }));
    writeFileSync(part, JSON.stringify({ ...report, cells: cells.slice(1) }));
    expect(run("compare", often, often)).toMatchObject({ code: 0 });
    expect(run("compare", often, part)).toMatchObject({
      code: 3,
      out: expect.stringContaining("Not in both: off") as string,
    });
    const worse = { ...report, burst: { ...report.burst, lost: 5 } };
    writeFileSync(join(folder, "b.json"), JSON.stringify(worse));
    const red = run("compare", saved, join(folder, "b.json"));
    expect([red.code, red.out]).toEqual([1, expect.stringContaining("burst: 5 spans lost\nA budget is red.")]);
  }, 180_000);

  it.each([
    [["load", "--ratios", "2"], 'Option "ratios" must be numbers from 0 to 1, at least one and each once, got [2].'],
    [["load", "--ratios", "0.1,1,0.10"], "each once, got [0.1, 1, 0.1]"],
    [["load", "--batches", "128,,512"], 'Option "batches" must be whole numbers from 1 to 15000'],
    [["load", "--seconds", "soon"], "--seconds must be a number, got 'soon'"],
    [["load", "--rounds", "0"], 'Option "rounds" must be a whole number from 1 to 1000, got 0.'],
    [["load", "--quick", "--full"], "Either --quick or --full"],
    [["load", "--workload", "nowhere.js"], "nowhere.js', which is no file"],
    [["load", "--colour"], "--colour"],
    [["load", "--out", "nowhere/a.json"], "--out must be a file that can be written, got 'nowhere/a.json': "],
    [["load", "--plot", "nowhere/a.svg"], "--plot must be a file that can be written, got 'nowhere/a.svg': "],
    [["load", "--out", "."], "--out must be a file that can be written, got '.': it is a folder."],
    [["load", "--out", ""], "--out must be a file that can be written, got ''"],
    [["load", "--out", "a.txt", "--plot", "./a.txt"], "--out and --plot must be two files, got 'a.txt' for both."],
    [["compare", "a.json"], "compare takes two files, got 1.\nUsage: gossamer-measure load"],
    [["compare", "nowhere.json", "nowhere.json"], "nowhere.json cannot be read"],
    [["compare", ".", "."], ". cannot be read"],
    [["compare", "foreign.json", "foreign.json"], "foreign.json is no load test of schema version 1."],
    [
      ["compare", "damaged.json", "damaged.json"],
      "damaged.json is a damaged load test: measuredAt must be a string, got undefined.",
    ],
    [["lod"], 'Unknown command "lod".\nUsage: gossamer-measure load'],
    [[], "Usage: gossamer-measure load"],
  ])("says what is wrong with %j before it measures, and ends with 2 (R-D4)", (parameters, message) => {
    writeFileSync(join(folder, "foreign.json"), '{ "kind": "overhead" }');
    writeFileSync(join(folder, "damaged.json"), '{ "schemaVersion": 1, "cells": [{}] }');
    const { code, err } = run(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(err).not.toContain("trying the service");
  });

  it("says how it is used (R-D4)", () => {
    for (const asked of [["--help"], ["-h"], ["load", "--help"], ["compare", "-h"]]) {
      expect(run(...asked)).toMatchObject({ code: 0, out: expect.stringContaining("--full      10 starts") as string });
    }
  });
});
