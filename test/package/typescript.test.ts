import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { compile } from "./compile.ts";
import { apiVersions, runNode } from "./consumers.ts";

const { folders } = await installed(inject("consumers"));
const root = join(import.meta.dirname, "..", "..");
const tsc7 = join(dirname(createRequire(join(root, "package.json")).resolve("typescript/package.json")), "bin/tsc");

/** What the compiler says of a project. */
const compilers = {
  async "TypeScript 7"(project: string): Promise<string> {
    const { code, stdout, stderr } = await runNode([tsc7, "-p", project], { cwd: dirname(project) });
    return code === 0 ? stdout + stderr : `${stdout}${stderr}ended with ${code}`;
  },
  "TypeScript 5.9": compile,
} as const;

interface Case {
  readonly compiler: keyof typeof compilers;
  readonly module: string;
  readonly resolution: string;
  readonly file: "service.ts" | "service.mts";
  readonly always?: boolean;
}

// TypeScript 7 knows no `node10` any more.
// How a package is found does not depend on the version of the API, so beside the older one the newest and the oldest way suffice.
const cases: readonly Case[] = [
  { compiler: "TypeScript 7", module: "nodenext", resolution: "nodenext", file: "service.ts", always: true },
  { compiler: "TypeScript 7", module: "nodenext", resolution: "nodenext", file: "service.mts" },
  { compiler: "TypeScript 7", module: "node16", resolution: "node16", file: "service.mts" },
  { compiler: "TypeScript 7", module: "node16", resolution: "node16", file: "service.ts" },
  { compiler: "TypeScript 7", module: "esnext", resolution: "bundler", file: "service.mts" },
  { compiler: "TypeScript 5.9", module: "nodenext", resolution: "nodenext", file: "service.ts" },
  { compiler: "TypeScript 5.9", module: "node16", resolution: "node16", file: "service.mts" },
  { compiler: "TypeScript 5.9", module: "node16", resolution: "node16", file: "service.ts" },
  { compiler: "TypeScript 5.9", module: "commonjs", resolution: "node10", file: "service.ts", always: true },
];

describe.each(apiVersions)("types beside API %s", (version) => {
  const folder = folders[version];

  it.each(cases.filter(({ always }) => always === true || version === apiVersions.at(-1)))(
    "$compiler compiles $file with moduleResolution $resolution, libraries checked too (R-A1)",
    async (given) => {
      if (given.file === "service.mts") copyFileSync(join(folder, "service.ts"), join(folder, "service.mts"));
      const project = join(
        folder,
        `tsconfig.${given.compiler.replaceAll(/\W/g, "")}.${given.resolution}.${given.file}.json`,
      );
      const compilerOptions = {
        module: given.module,
        moduleResolution: given.resolution,
        target: "es2022",
        lib: ["es2023"],
        types: ["node"],
        strict: true,
        skipLibCheck: false,
        esModuleInterop: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
      };
      writeFileSync(project, JSON.stringify({ compilerOptions, files: [given.file] }));
      expect(await compilers[given.compiler](project)).toBe("");
    },
  );
});
