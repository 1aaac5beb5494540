import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { OptionError } from "@gossamer/core";
import { Complaint } from "./workload-error.ts";
import type { Workload, WorkloadSource } from "./workload.ts";

const expectation =
  'a workload ({ app, requests } or { task }), or the path or "file:" URL of a module that has one as its default export';

/** Where a workload comes from: an object of this process, or the URL of a module. Throws an `OptionError` for anything else. */
export function sourceOf(source: WorkloadSource): { readonly workload: Workload } | { readonly module: string } {
  if (typeof source === "string" || source instanceof URL) {
    const module = moduleUrl(source);
    if (module === undefined) throw wrong(`'${String(source)}', which is no file`);
    return { module };
  }
  const fault = faultOf(source);
  if (fault !== undefined) throw wrong(fault);
  return { workload: source };
}

/** The workload that a module exports. */
export async function loadWorkload(module: string): Promise<Workload> {
  const loaded = (await import(module)) as { default?: unknown };
  // Compiled to CommonJS, the module is itself the default export.
  const inner = (loaded.default as { default?: unknown } | null | undefined)?.default;
  const workload = inner ?? loaded.default;
  const fault = faultOf(workload);
  if (fault !== undefined)
    throw new Complaint(
      `cannot be measured: the default export of ${module} must be ${expectation.slice(0, expectation.indexOf(","))}, got ${fault}`,
    );
  return workload as Workload;
}

function moduleUrl(source: string | URL): string | undefined {
  const url = source instanceof URL || source.startsWith("file:") ? new URL(source) : pathToFileURL(resolve(source));
  if (url.protocol !== "file:") return undefined;
  const path = fileURLToPath(url);
  return existsSync(path) && statSync(path).isFile() ? url.href : undefined;
}

/** What is wrong with it, or undefined. */
function faultOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const { app, requests, task, configure } = value as { [Name in "app" | "requests" | "task" | "configure"]?: unknown };
  if (configure !== undefined && typeof configure !== "function") return `configure that is ${typeof configure}`;
  if (typeof task === "function") return app === undefined ? undefined : "both app and task";
  if (typeof app !== "function") return "an object with neither app nor task";
  if (!Array.isArray(requests) || requests.length === 0) return "an app without requests";
  const at = requests.findIndex((request) => !isRequest(request));
  return at === -1 ? undefined : `requests[${at}] without a path that begins with "/"`;
}

function isRequest(value: unknown): boolean {
  if (typeof value === "string") return /^(?:[A-Za-z]+ +)?\//.test(value);
  return typeof value === "object" && value !== null && "path" in value && String(value.path).startsWith("/");
}

function wrong(got: string): OptionError {
  return new OptionError("workload", `The workload must be ${expectation}, got ${got}.`, {
    code: "GSM_OPTION_TYPE",
    expectation,
  });
}
