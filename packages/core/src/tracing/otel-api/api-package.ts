import { builtin } from "../../model/builtin.ts";

const name = "@opentelemetry/api";
/** What Node takes for `import`. */
const importConditions: ReadonlySet<string> = new Set(["node", "import", "module-sync", "node-addons", "default"]);

/** The installed package `@opentelemetry/api`. */
export interface ApiPackage {
  /** Without symbolic links. */
  readonly folder: string;
  readonly version: string | undefined;
  /** The ES module that `import` gives, relative to the folder; undefined where it gives none. */
  readonly module: string | undefined;
}

let found: ApiPackage | undefined;

/**
 * The package that is installed for this module, found as Node would find it; where Node is told otherwise it is asked. Undefined in a bundle.
 *
 * Asking Node takes some milliseconds of a start, most of them for what this case does not have.
 */
export function apiPackage(): ApiPackage | undefined {
  try {
    const { createRequire } = builtin("node:module");
    const { dirname } = builtin("node:path");
    const here = builtin("node:url").fileURLToPath(import.meta.url);
    return (found ??= packageBeside(here) ?? packageAbove(dirname(createRequire(here).resolve(name))));
  } catch {
    return undefined;
  }
}

function packageBeside(file: string): ApiPackage | undefined {
  const { dirname, join } = builtin("node:path");
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const here = packageIn(join(folder, "node_modules", name));
    if (here !== undefined) return here;
  }
  return undefined;
}

/** The package does not export its manifest, so it is looked for upwards of its entry. */
function packageAbove(start: string): ApiPackage | undefined {
  const { dirname } = builtin("node:path");
  let folder = start;
  for (let up = 0; up < 5; up++) {
    const here = packageIn(folder);
    if (here !== undefined) return here;
    folder = dirname(folder);
  }
  return undefined;
}

function packageIn(folder: string): ApiPackage | undefined {
  const { existsSync, readFileSync, realpathSync } = builtin("node:fs");
  const path = builtin("node:path").join(folder, "package.json");
  // What is thrown for a file that is not there takes longer to make than all the rest.
  if (!existsSync(path)) return undefined;
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  if (manifest["name"] !== name) return undefined;
  const { version, type } = manifest;
  const entry = importTarget((manifest["exports"] as Record<string, unknown> | undefined)?.["."]);
  const isModule = entry?.endsWith(type === "module" ? "js" : ".mjs") === true;
  return {
    folder: realpathSync(folder),
    version: typeof version === "string" ? version : undefined,
    module: isModule ? entry : undefined,
  };
}

/** The first target whose conditions hold, in the order of the manifest. */
function importTarget(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    if (!importConditions.has(condition)) continue;
    const entry = importTarget(inner);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
