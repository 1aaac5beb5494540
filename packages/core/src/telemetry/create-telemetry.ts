import { detectResource } from "../options/resource/detect-resource.ts";
import { blameCaller } from "../options/option-error.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { createDiagnostics } from "../model/diagnostics.ts";
import { Engine } from "./engine.ts";
import type { Telemetry } from "./telemetry.ts";

/** Under this name every copy of the package finds the one engine of the process. */
const registryKey = Symbol.for("gossamer.engine");

interface Registered {
  readonly telemetry: Telemetry;
  readonly reset: () => Promise<void>;
  readonly options: TelemetryOptions<never> | undefined;
  warned: boolean;
}

type Registry = { [registryKey]?: Registered | undefined };

/**
 * Makes the engine of this process, or gives the one that is there: also to another copy of this package. Options that differ from those it was
 * made with are one warning; they change nothing.
 *
 * Throws an `OptionError` for a wrong or unknown option. Call it before what it is to observe: tracers of `@opentelemetry/api` work from then on.
 */
export function createTelemetry(options?: TelemetryOptions<never>): Telemetry {
  const registry = globalThis as Registry;
  const existing = registry[registryKey];
  if (existing !== undefined) {
    warnOfOther(existing, options);
    return existing.telemetry;
  }
  try {
    return register(registry, options);
  } catch (error) {
    blameCaller(error, createTelemetry);
    throw error;
  }
}

function register(registry: Registry, options: TelemetryOptions<never> | undefined): Telemetry {
  const resolved = resolveOptions(options, process.env);
  const { settings, notices } = resolved;
  const diagnostics = createDiagnostics(settings.diagnostics, settings.log);
  const engine = new Engine(settings, detectResource(settings, process.env), () => resolved.report);
  for (const { level, line } of notices) diagnostics[level](line);
  registry[registryKey] = { telemetry: engine, reset: () => engine.reset(), options, warned: false };
  return engine;
}

/** The engine of this process, if it was made, by whichever copy of this package. */
export function existingTelemetry(): Telemetry | undefined {
  return (globalThis as Registry)[registryKey]?.telemetry;
}

/** Stops the engine of this process and forgets it, so that the next `createTelemetry` makes a new one. For tests and hot reload. */
export async function resetTelemetry(): Promise<void> {
  const registry = globalThis as Registry;
  const existing = registry[registryKey];
  registry[registryKey] = undefined;
  await existing?.reset();
}

/** Whether a value is an engine, of this or another copy of the package. */
export function isTelemetry(value: unknown): value is Telemetry {
  return typeof value === "object" && value !== null && "begin" in value && typeof value.begin === "function";
}

function warnOfOther(existing: Registered, options: TelemetryOptions<never> | undefined): void {
  if (existing.warned || options === undefined || isSame(options, existing.options ?? {})) return;
  existing.warned = true;
  const { settings } = resolveOptions(options, process.env);
  createDiagnostics(settings.diagnostics, settings.log).warn(
    "createTelemetry was called again with other options: the engine of this process keeps those it was made with",
  );
}

/** Whether two options objects say the same, name by name, to the depth that options have. */
function isSame(one: object, other: object, depth = 0): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) {
    const a: unknown = Reflect.get(one, name);
    const b: unknown = Reflect.get(other, name);
    if (Object.is(a, b)) continue;
    if (
      typeof a !== "object" ||
      typeof b !== "object" ||
      a === null ||
      b === null ||
      depth > 8 ||
      !isSame(a, b, depth + 1)
    )
      return false;
  }
  return true;
}
