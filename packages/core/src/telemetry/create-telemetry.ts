import { detectResource } from "../options/resource/detect-resource.ts";
import { blameCaller } from "../model/checks/option-error.ts";
import { sayNotice } from "../options/validate/notice.ts";
import { lateVariablesLine, watchVariables } from "../options/late-variables.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { createDiagnostics } from "../model/diagnostics.ts";
import { needParts } from "../model/load-part.ts";
import { Engine } from "./engine.ts";
import { register, type Registered, registered } from "./engine-registry.ts";
import type { Telemetry, TelemetryEngine } from "./telemetry.ts";
import { forgetWrongMounts } from "./wrong-mount.ts";

/**
 * Makes the engine of this process, or gives the one that is there: also to another copy of this package. Options that differ from those it was
 * made with are one warning; they change nothing.
 *
 * Throws an `OptionError` for a wrong or unknown option. Call it before what it is to observe: tracers of `@opentelemetry/api` work from then on.
 */
export function createTelemetry<Request = unknown>(options?: TelemetryOptions<Request>): TelemetryEngine {
  try {
    return existingOrNew(options, "createTelemetry");
  } catch (error) {
    blameCaller(error, createTelemetry);
    throw error;
  }
}

/** @param calledAs what the user wrote, for lines about it */
function existingOrNew(options: TelemetryOptions<never> | undefined, calledAs: string): TelemetryEngine {
  const existing = registered();
  if (existing === undefined) return start(options, calledAs);
  warnOfOther(existing, options, calledAs);
  return existing.telemetry;
}

/** The parts that a running service may ask for, whatever its options are. */
const askedForLater = ["meters", "log-records"];

function start(options: TelemetryOptions<never> | undefined, calledAs: string): TelemetryEngine {
  const resolved = resolveOptions(options, process.env);
  const { settings, notices } = resolved;
  needParts(...askedForLater);
  const diagnostics = createDiagnostics(settings.diagnostics, settings.log);
  const report = (): typeof resolved.report => resolved.report;
  const lateVariables = watchVariables(options, process.env, report);
  const engine = new Engine(settings, detectResource(settings, process.env), report, () =>
    lateVariablesLine(lateVariables(), calledAs),
  );
  for (const notice of notices) sayNotice(notice, diagnostics);
  register({ telemetry: engine, reset: () => engine.reset(), options, warned: false, warnedOfEnd: false });
  return engine;
}

/**
 * For adapters: the engine that a service means by what it gave. An engine is itself; options make the engine of this process, or are compared
 * with those it has; `telemetry` and nothing mean the one that is there, or one with the defaults.
 *
 * Throws an `OptionError` whose stack begins where `caller`, the adapter's own function, was called. Lines about the call name it as `calledAs`, in
 * the words of the adapter's user.
 */
export function engineOf(
  source?: TelemetryOptions<never> | Telemetry,
  caller: (...args: never[]) => unknown = engineOf,
  calledAs: string = "createTelemetry",
): TelemetryEngine {
  if (isEngine(source)) return source;
  try {
    return existingOrNew(isTelemetry(source) ? undefined : source, calledAs);
  } catch (error) {
    blameCaller(error, caller);
    throw error;
  }
}

/** Stops the engine of this process and forgets it, so that the next `createTelemetry` makes a new one. For tests and hot reload. */
export async function resetTelemetry(): Promise<void> {
  const existing = registered();
  register(undefined);
  forgetWrongMounts();
  await existing?.reset();
}

/** Whether a value is telemetry, not options: an engine, or what an adapter exports, of this or another copy of the package. */
export function isTelemetry(value: unknown): value is Telemetry {
  return has(value, "span") && has(value, "status");
}

function isEngine(value: unknown): value is TelemetryEngine {
  return has(value, "begin");
}

function has(value: unknown, name: string): boolean {
  return (isObject(value) || typeof value === "function") && typeof Reflect.get(value, name) === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Throws for wrong options, as if they were to hold. */
function warnOfOther(existing: Registered, options: TelemetryOptions<never> | undefined, calledAs: string): void {
  const hasEnded = existing.telemetry.status().state === "shut-down";
  const isOther = options !== undefined && (!isObject(options) || !isSame(options, existing.options ?? {}));
  if (!hasEnded && !isOther) return;
  const { settings } = resolveOptions(options, process.env);
  const { warn } = createDiagnostics(settings.diagnostics, settings.log);
  if (hasEnded) {
    if (existing.warnedOfEnd) return;
    existing.warnedOfEnd = true;
    warn(
      `${calledAs} was called after shutdown(): telemetry stays off. To start again await resetTelemetry() first`,
      "GSM_ENGINE_ENDED",
    );
    return;
  }
  if (existing.warned) return;
  existing.warned = true;
  warn(
    `${calledAs} was given other options than this process was started with: the first ones stay in effect`,
    "GSM_ENGINE_EXISTS",
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
