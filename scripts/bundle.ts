// Puts each published package into one file, and beside core's its entries, which name what they have of it. A service that starts loads few modules of ours then, not hundreds: Node takes about half a
// millisecond for each. The file is CommonJS, and an ES module names what it has (`to-commonjs.ts`). White space goes, as V8 reads all of it before it runs the first line; names and line ends stay, so that a stack and the
// line that Node shows above an uncaught error can be read without a source map. Types stay as `tsc` wrote them.
import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { bundlePage } from "./bundle-page.ts";
import { bundleWithParts } from "./bundle-parts.ts";
import { compileAtStart } from "./compile-at-start.ts";
import { faceOf, toCommonJs, writeRequiredModules, writeRequiredTypes } from "./to-commonjs.ts";

const root = join(import.meta.dirname, "..");
const core = join(root, "packages/core");

const api = "@opentelemetry/api";
// The manifest lets nobody resolve what is for `import` from elsewhere than an import.
const apiEntry = createRequire(join(core, "package.json"))
  .resolve(api)
  .replace(/\.cjs$/, ".mjs");

const apiNotice =
  "/* Contains parts of @opentelemetry/api, by the OpenTelemetry Authors, under the Apache License 2.0. */";

interface Bundle {
  readonly name: string;
  readonly entry: string;
  readonly outfile: string;
}

/** What Node shows above an uncaught error. */
const nodeLineLimit = 120;

const options: BuildOptions = {
  format: "esm",
  platform: "node",
  target: "node22",
  packages: "external",
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: nodeLineLimit,
  logLevel: "warning",
};

/** Core's entries beside `adapter`, which has all that they have. */
const coreEntries = ["index", "service", "samplers", "breaker", "batcher", "limiter"];

const bundles: readonly Bundle[] = [
  // A bundler puts the API into its own bundle, so it must find the import; and it must find the parts, so they are in one file with the rest.
  { name: "core", entry: "dist/adapter.js", outfile: "dist/for-bundlers/adapter.js" },
  { name: "core", entry: "dist/gossamer.js", outfile: "dist/gossamer.bundle.js" },
  { name: "core", entry: "dist/gossamer-spool.js", outfile: "dist/gossamer-spool.bundle.js" },
];

/** The packages that are one file each. What of others is evaluated before it: Nest 12 is ES modules, which `require` may not find half evaluated. */
const single: Readonly<Record<string, readonly string[]>> = {
  express: [],
  fastify: [],
  nestjs: ["@nestjs/common", "@nestjs/core"],
  pino: [],
  config: [],
};

/** The packages that are published as `tsc` wrote them, with their entries. They keep nothing that two copies of them would have to share. */
const unbundled: Readonly<Record<string, readonly string[]>> = {
  devpage: ["index", "findings"],
  operations: ["index"],
  profile: ["index"],
  testing: ["index", "contract/index"],
  measure: ["index", "client/index", "report/index", "statistics/index"],
};

// What an earlier build left, as files or as folders, would be found by those who remember a path.
for (const old of ["bundle", "bundle.js", "for-bundlers", "for-bundlers.js"]) {
  await rm(join(core, "dist", old), { recursive: true, force: true });
}
await bundleWithParts({
  folder: core,
  entry: "dist/adapter.js",
  outdir: "dist/bundle",
  resolveName: (name) => (name === api ? apiEntry : undefined),
  options,
  mainPlugins: [apiInside()],
  banner: apiNotice,
});
for (const { name, entry, outfile } of bundles) {
  await build({
    ...options,
    absWorkingDir: join(root, "packages", name),
    entryPoints: [entry],
    outfile,
    bundle: true,
  });
}

await bundlePage(join(root, "packages/devpage"));

const bundleFolder = join(core, "dist/bundle");
const { names: coreNames } = await asCommonJs(join(bundleFolder, "adapter.js"), join(bundleFolder, "adapter.cjs"));
await writeFile(join(bundleFolder, "adapter.js"), faceOf("./adapter.cjs", coreNames));
// Whichever entries a process loads, it has one copy of the code: they name what they have of it.
for (const entry of coreEntries) {
  const names = await exportsOf(entry);
  const all = names.join(",");
  await writeFile(join(core, "dist/for-bundlers", `${entry}.js`), `export{${all}}from"./adapter.js";\n`);
  await writeFile(join(bundleFolder, `${entry}.js`), faceOf("./adapter.cjs", names));
  await writeFile(
    join(bundleFolder, `${entry}.cjs`),
    `const{${all}}=require("./adapter.cjs");module.exports={${all}};\n`,
  );
}
await writeRequiredTypes(join(core, "dist"), [...coreEntries, "adapter"]);
await compileAtStart(join(bundleFolder, "adapter.cjs"));

for (const [name, before] of Object.entries(single)) {
  const dist = join(root, "packages", name, "dist");
  const forBundlers = join(dist, "for-bundlers.js");
  await build({
    ...options,
    absWorkingDir: dirname(dist),
    entryPoints: ["dist/index.js"],
    outfile: forBundlers,
    bundle: true,
  });
  const { names, handedOn } = await asCommonJs(forBundlers, join(dist, "bundle.cjs"));
  await writeFile(join(dist, "bundle.js"), faceOf("./bundle.cjs", names, handedOn, before));
  await writeRequiredTypes(dist, ["index"]);
}

for (const [name, entries] of Object.entries(unbundled)) {
  const dist = join(root, "packages", name, "dist");
  await writeRequiredTypes(dist, entries);
  await writeRequiredModules(dist, entries);
}

async function asCommonJs(module: string, path: string): Promise<ReturnType<typeof toCommonJs>> {
  const made = toCommonJs(await readFile(module, "utf8"));
  await writeFile(path, made.text);
  return made;
}

/** The names that an entry of core exports at run time. */
async function exportsOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: core,
    entryPoints: [`dist/${entry}.js`],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    packages: "external",
    metafile: true,
  });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
  if (names.length === 0) throw new Error(`core's entry "${entry}" exports nothing`);
  return names.toSorted();
}

/**
 * Takes what core needs of `@opentelemetry/api` into the bundle: the API's 50 modules take longer to load than all the rest. It says to be of
 * the version that is installed, as that is what decides which copies of the API work together.
 */
function apiInside(): Plugin {
  return {
    name: "api-inside",
    setup(made) {
      const replaced = new Set<string>();
      made.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ kind }) =>
        kind === "dynamic-import" ? { path: api, external: true } : { path: apiEntry, sideEffects: false },
      );
      made.onResolve({ filter: /\/imported-copy\.js$/ }, () => ({
        path: join(core, "dist/tracing/otel-api/imported-copy-in-node.js"),
      }));
      made.onLoad({ filter: /@opentelemetry[/\\]api[/\\].*\.mjs$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const [, built] = /^const VERSION = ("[\d.]+");$/m.exec(text) ?? [];
        if (built !== undefined) {
          replaced.add("version");
          return { contents: versionModule(built), resolveDir: core };
        }
        // It compares with the number itself too.
        const contents = text.replace(/(?<=api\.version !== )"[\d.]+"/, "VERSION");
        if (contents !== text) replaced.add("comparison");
        return { contents };
      });
      made.onEnd(() => {
        if (replaced.size !== 2)
          throw new Error(`${api} is not built as it was: its version is not found (${apiEntry})`);
      });
    },
  };
}

function versionModule(built: string): string {
  return `import { ownApiVersion } from "./dist/tracing/otel-api/api-version.js";\nexport const VERSION = ownApiVersion() ?? ${built};`;
}
