import { builtin } from "../model/builtin.ts";

/** Under it the API's first major version keeps what is registered. */
export const globalKey: unique symbol = Symbol.for("opentelemetry.js.api.1");

/** The version of `@opentelemetry/api` that registered something first in this process; undefined for none. */
export function registeredApiVersion(): string | undefined {
  const registered = (globalThis as Record<symbol, unknown>)[globalKey] as { readonly version?: unknown } | undefined;
  return typeof registered?.version === "string" ? registered.version : undefined;
}

/** The version of the copy of `@opentelemetry/api` that this module got; undefined in a bundle. */
export function ownApiVersion(): string | undefined {
  try {
    // The package does not export its manifest, so it is looked for upwards of the module.
    const { dirname, join } = builtin("node:path");
    let folder = dirname(builtin("node:module").createRequire(import.meta.url).resolve("@opentelemetry/api"));
    for (let up = 0; up < 5; up++) {
      const manifest = readManifest(join(folder, "package.json"));
      if (manifest?.name === "@opentelemetry/api") return manifest.version;
      folder = dirname(folder);
    }
  } catch {
    // Nobody can tell; the line says so.
  }
  return undefined;
}

function readManifest(path: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(builtin("node:fs").readFileSync(path, "utf8")) as { name?: string; version?: string };
  } catch {
    return undefined;
  }
}
