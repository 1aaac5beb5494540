import { createDiagnostics } from "../model/diagnostics.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { blameCaller, OptionError } from "../model/checks/option-error.ts";
import { existingTelemetry } from "./engine-registry.ts";

/** A few fixed lines of the adapters. */
const said = new Set<string>();

/**
 * For adapters: says, once a process, that requests reach what they export where it cannot observe them, and what to write. The process may have no
 * engine then. Never throws: the service is running.
 */
export function sayWrongMount(line: string): void {
  if (said.has(line)) return;
  said.add(line);
  const { settings } = resolveOptions(undefined, process.env);
  const voice = existingTelemetry() ?? createDiagnostics(settings.diagnostics, settings.log);
  voice.warn(line, "GSM_WRONG_MOUNT");
}

/** The same at start, as an error whose stack begins where `caller`, the adapter's own function, was called. */
export function wrongMount(line: string, caller: (...args: never[]) => unknown): OptionError {
  const error = new OptionError("telemetry", line, { code: "GSM_OPTION_TYPE" });
  blameCaller(error, caller);
  return error;
}

export function forgetWrongMounts(): void {
  said.clear();
}
