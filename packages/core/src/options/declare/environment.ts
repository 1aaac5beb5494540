import type { LogLevel } from "../../model/choices.ts";
import { isForbiddenName } from "../../model/checks/plain-object.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

/** Where the environment's name was found. */
export type EnvironmentSource =
  | "option"
  | "resource attribute"
  | "OTEL_RESOURCE_ATTRIBUTES"
  | "OTEL_CONFIG_FILE"
  | "NODE_ENV"
  | "ENVIRONMENT"
  | undefined;

export interface Environment {
  readonly name: string | undefined;
  readonly source: EnvironmentSource;
  /** Whether the table has a row for the name. False also when there is no name. */
  readonly known: boolean;
  /** Also for a name that is not known. */
  readonly isProduction: boolean;
  readonly row: EnvironmentRow;
}

/** What the environment chooses where nobody else did. */
export interface EnvironmentRow {
  readonly sampleRatio: number;
  readonly queueSpans: number;
  readonly delayMs: number;
  readonly valueLength: number;
  readonly logLevel: LogLevel;
}

const production: EnvironmentRow = {
  sampleRatio: 0.01,
  queueSpans: 15_000,
  delayMs: 5_000,
  valueLength: 500,
  logLevel: "warn",
};
const development: EnvironmentRow = {
  sampleRatio: 1,
  queueSpans: 1_000,
  delayMs: 1_000,
  valueLength: 2_000,
  logLevel: "info",
};

/** The table by name. A name that is not in it counts as production, and no name as development. */
export const environmentTable: Readonly<Record<"production" | "staging" | "development" | "test", EnvironmentRow>> = {
  production,
  staging: { sampleRatio: 0.1, queueSpans: 5_000, delayMs: 5_000, valueLength: 1_000, logLevel: "info" },
  development,
  test: development,
};

const rows: ReadonlyMap<string, EnvironmentRow> = new Map(Object.entries(environmentTable));

/** Finds the row of the first name that is there; letter case and outer blanks do not matter for that. */
export function findEnvironment(
  candidates: readonly (readonly [source: EnvironmentSource, name: unknown])[],
): Environment {
  for (const [source, candidate] of candidates) {
    const name = typeof candidate === "string" ? candidate.trim() : "";
    if (name === "" || isForbiddenName(name)) continue;
    const row = rows.get(name.toLowerCase()) ?? production;
    return { name, source, known: rows.has(name.toLowerCase()), isProduction: row === production, row };
  }
  return { name: undefined, source: undefined, known: false, isProduction: false, row: development };
}

/** The attribute that names the environment; the second is what it was called before semantic conventions 1.27. */
export function environmentAttribute(attributes: Readonly<Record<string, unknown>> | undefined): unknown {
  return attributes?.["deployment.environment.name"] ?? attributes?.["deployment.environment"];
}

/** The row as a layer of options. */
export function environmentOptions(row: EnvironmentRow): TelemetryOptions {
  return {
    sampleRatio: row.sampleRatio,
    queue: { maxSpans: row.queueSpans },
    batch: { delayMs: row.delayMs },
    limits: { valueLength: row.valueLength },
    logLevel: row.logLevel,
  };
}
