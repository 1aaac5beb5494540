// What `require` gives, and what `import` gives of it. The code of a package is CommonJS, and the ES module beside it names what that exports: so a
// process has one copy of it, whichever of both a service, its libraries and its test runner use, and in whatever order.
import { readFileSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { Script } from "node:vm";
import { transform } from "esbuild";

/** An ES module's text as CommonJS, and its names. */
export interface CommonJs {
  readonly text: string;
  /** What the module itself exports. */
  readonly names: readonly string[];
  /** Packages all of whose names it hands on. */
  readonly handedOn: readonly string[];
}

const statement = String.raw`(?<=^|[;}\n])`;
const namedImport = new RegExp(String.raw`${statement}import\{([^}]*)\}from"([^"]+)";`, "g");
const defaultImport = new RegExp(String.raw`${statement}import ([\w$]+) from"([^"]+)";`, "g");
const exportAll = new RegExp(String.raw`${statement}export\*from"([^"]+)";`, "g");
const exportNamed = new RegExp(String.raw`${statement}export\{([^}]*)\};`, "g");

/**
 * Makes CommonJS of a bundle that esbuild wrote as an ES module. Its own CommonJS reads each import and export through a getter at every use; here an
 * import is a constant and an export a plain property, so that a request costs what it does in the ES module.
 *
 * Throws where the bundle has a form of `import` or `export` that is not known here.
 */
export function toCommonJs(module: string): CommonJs {
  const required = new Map<string, string[]>();
  const require = (from: string, members: readonly string[]): void => {
    required.set(from, [...(required.get(from) ?? []), ...members]);
  };
  const defaults: string[] = [];
  const exported: [inside: string, outside: string][] = [];
  const handedOn: string[] = [];
  const body = module
    .replaceAll(namedImport, (_, names: string, from: string) => {
      require(from, pairs(names).map(([name, local]) => (name === local ? name : `${name}:${local}`)));
      return "";
    })
    // Of a CommonJS package the default is all that it exports, as Node has it.
    .replaceAll(defaultImport, (_, local: string, from: string) => {
      defaults.push(`const ${local}=require("${from}");`);
      return "";
    })
    .replaceAll(exportAll, (_, from: string) => {
      handedOn.push(from);
      return "";
    })
    .replaceAll(exportNamed, (_, names: string) => {
      exported.push(...pairs(names));
      return "";
    });
  const members = [
    ...handedOn.map((from) => `...require("${from}")`),
    ...exported.map(([inside, outside]) => (inside === outside ? inside : `${outside}:${inside}`)),
  ];
  const here = body.includes("import.meta.url")
    ? [`const hereUrl=require("node:url").pathToFileURL(__filename).href;`]
    : [];
  const text = [
    '"use strict";',
    ...[...required].map(([from, given]) => `const{${given.join(",")}}=require("${from}");`),
    ...defaults,
    ...here,
    body.replaceAll("import.meta.url", "hereUrl").trimEnd(),
    `\nmodule.exports={${members.join(",")}};\n`,
  ].join("");
  // A form of import or export that is left does not compile.
  void new Script(`(function(){${text}})`);
  return { text, names: exported.map(([, outside]) => outside), handedOn };
}

/** The ES module beside a CommonJS one. It is loaded through `require`: `import` would read all of it for its names first, and a loader's hooks give a copy. */
export function faceOf(
  path: string,
  names: readonly string[],
  handedOn: readonly string[] = [],
  before: readonly string[] = [],
): string {
  return [
    ...before.map((name) => `import"${name}";`),
    ...handedOn.map((from) => `export*from"${from}";`),
    `export const{${names.join(",")}}=process.getBuiltinModule("node:module").createRequire(import.meta.url)("${path}");\n`,
  ].join("");
}

/** Copies the types that entries need to where TypeScript takes them for those of CommonJS. */
export async function writeRequiredTypes(dist: string, entries: readonly string[]): Promise<void> {
  const found = reachable(entries.map((entry) => join(dist, `${entry}.d.ts`)));
  const folder = join(dist, "require");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"type":"commonjs"}\n');
  for (const path of found) await cp(path, join(folder, relative(dist, path)));
}

/**
 * Writes the modules of a package that has no bundle as CommonJS, beside the types that `writeRequiredTypes` put there. A file that a module names by its
 * own place is the one beside the ES module.
 */
export async function writeRequiredModules(dist: string, entries: readonly string[]): Promise<void> {
  for (const original of reachable(entries.map((entry) => join(dist, `${entry}.js`)))) {
    const { code } = await transform(readFileSync(original, "utf8"), {
      format: "cjs",
      platform: "node",
      target: "node22",
      define: { "import.meta.url": "hereUrl", "import.meta.dirname": "hereFolder" },
    });
    const path = join(dist, "require", relative(dist, original));
    const from = relative(dirname(path), original).replaceAll("\\", "/");
    const here = [
      `const herePath = require("node:path").join(__dirname, ${JSON.stringify(from)});\n`,
      `const hereUrl = require("node:url").pathToFileURL(herePath).href;\n`,
      `const hereFolder = require("node:path").dirname(herePath);\n`,
    ];
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (/\bhere(?:Url|Folder)\b/.test(code) ? here.join("") : "") + code);
  }
}

/** The files that are imported from some, and these: scripts, or types. */
function reachable(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const extension = path.endsWith(".d.ts") ? ".d.ts" : ".js";
    for (const [, to = ""] of readFileSync(path, "utf8").matchAll(/(?:from |import |import\()"(\.[^"]+)\.[jt]s"/g))
      follow(resolve(dirname(path), to + extension));
  };
  for (const file of files) follow(file);
  return found;
}

function pairs(names: string): [string, string][] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => {
      const [inside = name, outside = inside] = name.split(" as ");
      return [inside, outside];
    });
}
