import { builtin } from "../../model/builtin.ts";
import type { ResourceIo } from "./resource-io.ts";

/** What a package.json says of the service. */
export interface PackageInfo {
  readonly name: string;
  readonly version: string | undefined;
}

const { dirname, join, sep } = builtin("node:path");
const maxLevels = 32;

/**
 * The nearest package.json that has a name, from the main script's directory upwards; from the working directory when the script
 * belongs to an installed package, as a process manager or test runner does, or is not there.
 */
export function findPackageInfo(io: ResourceIo): PackageInfo | undefined {
  const script = io.mainScript;
  const installed = script === undefined || script.split(sep).includes("node_modules");
  return searchUpwards(io, installed ? io.directory : dirname(script));
}

function searchUpwards(io: ResourceIo, start: string): PackageInfo | undefined {
  let directory = start;
  for (let level = 0; level < maxLevels; level++) {
    const info = parsePackage(io.readText(join(directory, "package.json")));
    if (info !== undefined) return info;
    const parent = dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
  return undefined;
}

function parsePackage(text: string | undefined): PackageInfo | undefined {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { name, version } = parsed as { name?: unknown; version?: unknown };
  if (typeof name !== "string" || name === "") return undefined;
  return { name, version: typeof version === "string" && version !== "" ? version : undefined };
}
