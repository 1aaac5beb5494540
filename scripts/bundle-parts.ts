// Splits core for Node: what few services use are parts, each in a file of its own that is read when it is first asked for. A part is a source
// `….part.ts` that exports functions alone. Who uses it imports it like any other; in the build for Node that import is of stand-ins,
// which load the part and hand the call on (`model/load-part.ts`).
//
// A part contains what nobody else needs. All else it is given by the main file, as one object of names: so there is one copy of every class and
// of every module's state, whatever loads first.
import { globSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type BuildOptions, type Plugin } from "esbuild";

export interface PartsSettings {
  /** The package's folder. */
  readonly folder: string;
  /** Its main module, built by `tsc`, and the folder for what is made here. */
  readonly entry: string;
  readonly outdir: string;
  /** What a module is that is imported by this name of another package; undefined where it stays outside. */
  readonly resolveName: (name: string) => string | undefined;
  /** For every build. */
  readonly options: BuildOptions;
  /** For the main file. */
  readonly mainPlugins: readonly Plugin[];
  readonly banner: string;
}

interface Part {
  readonly name: string;
  readonly path: string;
  readonly functions: readonly string[];
}

/** What parts take from the main file: by module and name there, the name under which it is handed over. */
type Shared = ReadonlyMap<string, ReadonlyMap<string, string>>;

const suffix = ".part.js";
const isPart = (path: string): boolean => path.endsWith(suffix);

/** Writes the main file and its parts. */
export async function bundleWithParts(settings: PartsSettings): Promise<void> {
  const { folder, entry, outdir, options, mainPlugins, banner } = settings;
  const parts = await findParts(folder);
  const loader = join(folder, "dist/model/load-part.js");
  const stubs = standIns(parts, loader);
  const common = { ...options, absWorkingDir: folder, bundle: true, metafile: true } as const;

  const whole = await build({
    ...common,
    entryPoints: [entry],
    write: false,
    logLevel: "error",
    plugins: [stubs, ...mainPlugins],
  });
  const inMain = new Set(Object.keys(whole.metafile.inputs).map((path) => resolve(folder, path)));
  await addWhatPartsShare(settings, parts, inMain);
  const taken = await Promise.all(parts.map((part) => takenBy(settings, part, inMain)));
  const shared = nameShared(taken);

  const main = await build({
    ...common,
    stdin: { contents: mainModule(join(folder, entry), loader, parts, taken, shared), resolveDir: folder },
    outfile: join(outdir, basename(entry)),
    plugins: [stubs, ...mainPlugins],
    banner: { js: banner },
  });
  const codeInMain = codeOf(main.metafile.outputs);
  for (const part of parts) {
    const made = await build({
      ...common,
      entryPoints: [part.path],
      outfile: join(outdir, "parts", `${part.name}.cjs`),
      format: "cjs",
      plugins: [fromMain(settings, part, inMain, shared)],
      banner: { js: '"use strict";module.exports=main=>{const module={exports:{}};' },
      footer: { js: "return module.exports};" },
    });
    const twice = codeOf(made.metafile.outputs).filter((path) => codeInMain.includes(path));
    if (twice.length > 0) throw new Error(`${part.name}: code that is in the main file too: ${twice.join(", ")}`);
  }
}

async function findParts(folder: string): Promise<readonly Part[]> {
  // By their sources: what an earlier build left is no part.
  const paths = globSync("src/**/*.part.ts", { cwd: folder }).map((path) =>
    join(folder, path.replace(/^src/, "dist").replace(/\.ts$/, ".js")),
  );
  const parts = paths.toSorted().map(async (path) => {
    const name = basename(path, suffix);
    const exported = Object.entries((await import(pathToFileURL(path).href)) as Record<string, unknown>);
    const wrong = exported.filter(([, value]) => typeof value !== "function" || /^class\b/.test(String(value)));
    if (wrong.length > 0 || exported.length === 0) {
      throw new Error(
        `A part exports functions alone, ${path} has ${wrong.map(([word]) => word).join(", ") || "none"}`,
      );
    }
    return { name, path, functions: exported.map(([word]) => word) };
  });
  return Promise.all(parts);
}

/** In the place of a part: functions of its names that load it. */
function standIns(parts: readonly Part[], loader: string): Plugin {
  return {
    name: "stand-ins",
    setup(made) {
      made.onResolve({ filter: /\.part\.js$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        namespace: "stand-in",
        sideEffects: false,
      }));
      made.onLoad({ filter: /./, namespace: "stand-in" }, ({ path }) => {
        const part = parts.find((known) => known.path === path);
        if (part === undefined) throw new Error(`no part is ${path}`);
        const { name, functions } = part;
        const lines = [
          `import { loadPart } from ${JSON.stringify(loader)};`,
          `const part = () => loadPart("${name}");`,
          ...functions.map((word) => `export const ${word} = (...given) => part().${word}(...given);`),
        ];
        return { contents: lines.join("\n"), resolveDir: dirname(path) };
      });
    },
  };
}

/** What two parts need, and the main file does not, goes there: else each part had a copy. */
async function addWhatPartsShare(settings: PartsSettings, parts: readonly Part[], inMain: Set<string>): Promise<void> {
  const seen = new Set<string>();
  for (const part of parts) {
    const { inputs } = (await explore(settings, part, inMain)).metafile;
    for (const path of Object.keys(inputs).map((input) => resolve(settings.folder, input))) {
      if (seen.has(path)) inMain.add(path);
      seen.add(path);
    }
  }
}

/** The names that a part takes, by module of the main file. */
async function takenBy(settings: PartsSettings, part: Part, inMain: ReadonlySet<string>): Promise<[string, string][]> {
  const [output] = (await explore(settings, part, inMain)).outputFiles;
  const text = output?.text ?? "";
  const taken = [...text.matchAll(/^import \{([^}]*)\} from "main:(.+)";$/gm)].flatMap(([, names = "", path = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().split(" as ")[0] ?? "")
      .filter((name) => name !== "")
      .map((name): [string, string] => [JSON.parse(`"${path}"`) as string, name]),
  );
  const left = text.replaceAll(/^import (?:\{[^}]*\} from )?"main:.+";$/gm, "");
  if (left.includes('"main:')) throw new Error(`${part.name} imports something of the main file other than by name`);
  return taken;
}

/** Bundles a part alone, with imports of what the main file has. */
function explore(
  { folder, options, resolveName }: PartsSettings,
  part: Part,
  inMain: ReadonlySet<string>,
): Promise<Awaited<ReturnType<typeof build<{ metafile: true; write: false }>>>> {
  return build({
    ...options,
    absWorkingDir: folder,
    entryPoints: [part.path],
    bundle: true,
    metafile: true,
    write: false,
    logLevel: "error",
    minifyWhitespace: false,
    lineLimit: 0,
    plugins: [
      importsOf(part, inMain, resolveName, (path) => ({ path: `main:${path}`, external: true, sideEffects: false })),
    ],
  });
}

/** In the place of a module of the main file: the names of it that the part was given. */
function fromMain({ resolveName }: PartsSettings, part: Part, inMain: ReadonlySet<string>, shared: Shared): Plugin {
  const imports = importsOf(part, inMain, resolveName, (path) => ({ path, namespace: "main", sideEffects: false }));
  return {
    name: "from-main",
    setup(made) {
      void imports.setup(made);
      made.onLoad({ filter: /./, namespace: "main" }, ({ path }) => ({
        contents: [...(shared.get(path) ?? [])]
          .map(([name, given]) => `export const ${name} = main.${given};`)
          .join("\n"),
      }));
    },
  };
}

function importsOf(
  part: Part,
  inMain: ReadonlySet<string>,
  resolveName: PartsSettings["resolveName"],
  toMain: (path: string) => { path: string; external?: boolean; namespace?: string; sideEffects: false },
): Plugin {
  return {
    name: "imports-of-a-part",
    setup(made) {
      made.onResolve({ filter: /./ }, ({ path, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const file = path.startsWith(".") ? resolve(resolveDir, path) : resolveName(path);
        if (file === undefined || kind === "dynamic-import") return { path, external: true };
        return file !== part.path && (inMain.has(file) || isPart(file)) ? toMain(file) : { path: file };
      });
    },
  };
}

function nameShared(taken: readonly (readonly [string, string][])[]): Shared {
  const shared = new Map<string, Map<string, string>>();
  const used = new Set<string>();
  const sorted = taken.flat().toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  for (const [path, name] of sorted) {
    const names = shared.get(path) ?? new Map<string, string>();
    shared.set(path, names);
    if (names.has(name)) continue;
    let given = name;
    for (let next = 2; used.has(given); next++) given = `${name}$${next}`;
    used.add(given);
    names.set(name, given);
  }
  return shared;
}

/** The main module, and behind it what parts will be given: behind it, so that the order in which modules run is the one that `tsc` built. */
function mainModule(
  entry: string,
  loader: string,
  parts: readonly Part[],
  taken: readonly (readonly [string, string][])[],
  shared: Shared,
): string {
  const imports = [...shared].map(
    ([path, names]) =>
      `import { ${[...names].map(([name, given]) => `${name} as ${given}`).join(", ")} } from ${JSON.stringify(path)};`,
  );
  const given = parts.map(({ name }, i) => {
    const names = new Set(taken[i]?.map(([path, word]) => shared.get(path)?.get(word)));
    return `"${name}": () => ({ ${[...names].join(", ")} })`;
  });
  return [
    `export * from ${JSON.stringify(entry)};`,
    `import { shareWithParts } from ${JSON.stringify(loader)};`,
    ...imports,
    `shareWithParts({ ${given.join(", ")} }, () => new URL("./parts/", import.meta.url));`,
  ].join("\n");
}

/** The modules that have code in what was written. */
function codeOf(outputs: Readonly<Record<string, { inputs: Record<string, { bytesInOutput: number }> }>>): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !path.startsWith("main:"))
      .map(([path]) => path),
  );
}
