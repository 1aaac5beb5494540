import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { installedSize } from "./installed-size.ts";

/** Packages laid out as pnpm does: each in a folder of its own, with links to what it needs beside it. */
function installed(
  packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  links: readonly string[],
): string {
  const root = mkdtempSync(join(tmpdir(), "installed-"));
  for (const [name, manifest] of Object.entries(packages)) {
    const folder = placeOf(root, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, ...manifest }));
    writeFileSync(join(folder, "index.js"), "x".repeat(1000));
  }
  for (const link of links) {
    const [from = "", to = ""] = link.split(" > ");
    const place = from === "" ? join(root, "node_modules", to) : join(dirname(placeOf(root, from)), to);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(placeOf(root, to), place);
  }
  return root;
}

function placeOf(root: string, name: string): string {
  return join(root, "node_modules/.pnpm", name, "node_modules", name);
}

test("a package that two others need is counted once, peers too, and what is for development only is not", async () => {
  const root = installed(
    {
      app: {
        dependencies: { a: "1", b: "1" },
        optionalDependencies: { elsewhere: "1" },
        peerDependencies: { api: "1", framework: "1" },
        peerDependenciesMeta: { framework: { optional: true } },
        devDependencies: { tool: "1" },
      },
      a: { dependencies: { shared: "1" } },
      b: { dependencies: { shared: "1", a: "1" } },
      shared: {},
      api: {},
      framework: {},
      tool: {},
    },
    [" > app", "app > a", "app > b", "app > api", "app > framework", "app > tool", "a > shared", "b > shared", "b > a"],
  );
  try {
    const { packages, files, bytes } = await installedSize(["app"], root);
    assert.equal(packages, 5);
    assert.equal(files, 10);
    assert.ok(bytes > 5000 && bytes < 6000);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("a dependency that is not installed is an error, not a smaller install", async () => {
  const root = installed({ app: { dependencies: { gone: "1" } } }, [" > app"]);
  try {
    await assert.rejects(installedSize(["app"], root), /gone, which .* is not installed/);
  } finally {
    rmSync(root, { recursive: true });
  }
});
