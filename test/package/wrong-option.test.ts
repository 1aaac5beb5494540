import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { pack, publishedPackages } from "../../scripts/pack.ts";
import { runNode } from "./consumers.ts";

const { folders } = inject("consumers");
const home = mkdtempSync(join(tmpdir(), "gossamer-tarballs-"));

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("a service that starts with a wrong option", () => {
  it("ends with its own line, and what is wrong with the option (A17)", async () => {
    const cwd = folders["1.10.0"];
    const { code, stderr } = await runNode(["wrong-option.mjs", "core"], { cwd });
    expect(code).toBe(1);
    const lines = stderr.split("\n");
    expect(lines.slice(1, 5)).toEqual([
      "start({ sampleRatio: 2 });",
      "^",
      "",
      'OptionError: Option "sampleRatio" must be a number from 0 to 1, got 2.',
    ]);
    expect(lines[0]).toMatch(/wrong-option\.mjs:6$/);
    // What follows is the stack, which has no line of ours.
    expect(stderr).not.toContain("bundle.js");
  });

  it("says the same in a few short lines where an adapter was given the option (A17)", async () => {
    const { code, stderr } = await runNode(["wrong-option.mjs", "express"], { cwd: folders["1.10.0"] });
    expect(code).toBe(1);
    expect(stderr).toContain('\nOptionError: Option "sampleRatio" must be a number from 0 to 1, got 2.\n');
    expect(stderr).toMatch(/wrong-option\.mjs:6/);
    expect(stderr.length).toBeLessThan(2_000);
  });
});

describe.each(publishedPackages())("the tarball of $name", ({ folder }) => {
  it("has nothing that nobody loads: no source maps, and beside a bundle nothing but types (A17)", () => {
    const files = execFileSync("tar", ["-tzf", pack(folder, home)], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
    const scripts = files.filter((file) => file.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(0);
    const bundles = readdirSync(join(folder, "dist")).filter((file) =>
      /^(bundle|for-bundlers|.+\.bundle)\.js$/.test(file),
    );
    if (bundles.length > 0) expect(scripts.map((file) => basename(file)).sort()).toEqual(bundles.sort());
  });
});
