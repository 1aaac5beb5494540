import { execFileSync } from "node:child_process";
import { describe, expect, inject, it } from "vitest";
import { publishedPackages } from "../../scripts/pack.ts";
import { installed } from "../setup/install-meanwhile.ts";
import { runNode } from "./consumers.ts";

const { folders, packed } = await installed(inject("consumers"));

describe("a service that starts with a wrong option", () => {
  it.each<[string, string, object, string]>([
    ["core", "GSM_OPTION_RANGE", { sampleRatio: 2 }, 'Option "sampleRatio" must be a number from 0 to 1, got 2.'],
    ["express", "GSM_OPTION_RANGE", { sampleRatio: 2 }, 'Option "sampleRatio" must be a number from 0 to 1, got 2.'],
    [
      "express",
      "GSM_OPTION_RANGE",
      { rules: [{ match: "/a" }, { match: "/b", ratio: 2 }] },
      'Option "rules[1].ratio" must be a number from 0 to 1, got 2. (rule "/b")',
    ],
    [
      "core",
      "GSM_RULE",
      {
        rules: [
          { match: "/a", ratio: 1 },
          { match: "/a", ratio: 1 },
        ],
      },
      'Option "rules[1]" (rule "/a") cannot be reached: rules[0] "/a" takes every request that it matches.',
    ],
  ])("ends with its own line, what is wrong, and a code: %s, %s, %j (A17)", async (given, kind, options, message) => {
    const { code, stderr } = await runNode(["wrong-option.mjs", given, JSON.stringify(options)], {
      cwd: folders["1.10.0"],
    });
    expect(code).toBe(1);
    const lines = stderr.split("\n");
    expect(lines.slice(1, 5)).toEqual(["start(JSON.parse(process.argv[3]));", "^", "", `OptionError: ${message}`]);
    expect(lines[0]).toMatch(/wrong-option\.mjs:6$/);
    // What follows is the stack, which has no line of ours, and the code.
    expect(stderr).not.toContain("bundle");
    expect(stderr).not.toContain("[cause]");
    expect(stderr).toContain(`{\n  code: '${kind}'\n}\n`);
  });
});

describe.each(publishedPackages())("the tarball of $name", ({ name }) => {
  it("has nothing that nobody loads: no source maps, and beside a bundle nothing but types (A17)", () => {
    const tarball = packed[name]?.slice("file:".length) ?? "";
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
    const scripts = files.filter((file) => /\.c?js$/.test(file));
    expect(scripts.length).toBeGreaterThan(0);
    const bundled = /^package\/dist\/(?:(?:bundle|for-bundlers)(?:\.c?js$|\/)|.+\.bundle\.js$)/;
    const beside = scripts.filter((file) => !bundled.test(file));
    // What has no bundle is loaded as it is.
    expect([[], scripts]).toContainEqual(beside);
  });
});
