import { builtin } from "../../model/builtin.ts";
import { apiPackage } from "./api-package.ts";
import type { ApiCopy } from "./imported-copy.ts";

/** What may put loaders between a module and its name: then only `import` itself finds what others have imported. */
const loaders = /(?:^|\s)(?:--(?:import|require|loader|experimental-loader)\b|-r\b)/;

/** Thrown by our own hook, to leave a load that has just begun. */
const notLoaded = new Error("not loaded");

/**
 * The copy of `@opentelemetry/api` that `import` gives in this process, if somebody has loaded it; `late` is told of one that is found later.
 *
 * The build for Node has what it needs of the API inside, because loading the API's 50 modules takes half as long as all the rest of a start.
 * But a tracer that was taken before the engine came leads to the copy it was taken from, so that copy must be found, and not be loaded to
 * find it. Never throws.
 */
export function importedCopy(late: (copy: ApiCopy) => void): ApiCopy | undefined {
  if (loaders.test([...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" "))) foundLater(late);
  const installed = apiPackage();
  // Up to API 1.9 there is one module for both, which is found in the cache of `require`.
  if (installed?.module === undefined) return undefined;
  try {
    return loadedModule(builtin("node:path").join(installed.folder, installed.module));
  } catch (error) {
    // Anything else than our own error: it is just being loaded.
    if (error !== notLoaded) foundLater(late);
    return undefined;
  }
}

/** A module that is there needs none of its own imports; one that is not asks for the first of them, and that is as far as it gets. */
function loadedModule(path: string): ApiCopy {
  const { createRequire, registerHooks } = builtin("node:module");
  const require = createRequire(import.meta.url);
  // Node before 22.15 cannot be asked without loading.
  if (typeof registerHooks !== "function") return require(path) as ApiCopy;
  const { href } = builtin("node:url").pathToFileURL(path);
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL === href) throw notLoaded;
      return next(specifier, context);
    },
  });
  try {
    return require(path) as ApiCopy;
  } finally {
    hooks.deregister();
  }
}

function foundLater(late: (copy: ApiCopy) => void): void {
  import("@opentelemetry/api").then(late, () => {});
}
