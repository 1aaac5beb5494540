import type { TelemetryOptions } from "./declare/telemetry-options.ts";
import { resolveOptions } from "./resolve-options.ts";
import type { SettingsReport } from "./settings-report.part.ts";
import type { Variables } from "./variables/variable-reader.ts";

const ours = /^(?:NODE_ENV|ENVIRONMENT|OTEL_[A-Z_]+)$/;

/**
 * Remembers which variables of ours are set. The answer tells, later, those that have been set since and would have changed something: the names alone,
 * as their values may be secrets. Never throws.
 */
export function watchVariables(
  options: TelemetryOptions<never> | undefined,
  variables: Variables,
  report: () => SettingsReport,
): () => readonly string[] {
  const before = new Set(namesOf(variables));
  return () => {
    const late = namesOf(variables).filter((name) => !before.has(name));
    if (late.length === 0) return [];
    try {
      const { report: other } = resolveOptions(options, variables);
      return late.filter((name) => isSaid(name, report(), other));
    } catch {
      return [];
    }
  };
}

/** What is said of them; undefined where there are none. @param startedBy what the service called, as its user knows it */
export function lateVariablesLine(late: readonly string[], startedBy: string): string | undefined {
  if (late.length === 0) return undefined;
  const names = late.slice(0, 5).join(", ");
  const [were, are] = late.length === 1 ? ["was", "is"] : ["were", "are"];
  return `${names} ${were} set after ${startedBy}, and ${are} ignored: load variables (dotenv, ConfigModule) before it`;
}

function namesOf(variables: Variables): string[] {
  return Object.keys(variables).filter((name) => ours.test(name) && (variables[name]?.trim() ?? "") !== "");
}

/** Whether some option has another value now, by this variable or by the environment that it names. */
function isSaid(name: string, before: SettingsReport, now: SettingsReport): boolean {
  return Object.entries(now).some(([option, { variable, value }]) => {
    return variable === name && JSON.stringify(value) !== JSON.stringify(before[option]?.value);
  });
}
