import { OptionError, type PresetName, type TelemetryOptions } from "@gossamer/core";

/** Options under a name, or a preset under its own. */
export type Configuration = PresetName | { readonly name: string; readonly options: TelemetryOptions };

/** What the rows of the bare workload are called. No configuration may be. */
export const bareNames = { bare: "bare", again: "bare again (A/A)" } as const;

/** Configurations under their names. Throws an `OptionError` for none, for two of one name, and for a name that is taken. */
export function namedConfigurations(
  configurations: readonly Configuration[],
): { readonly name: string; readonly options: TelemetryOptions }[] {
  const expectation = "a list of presets and { name, options } with at least one entry";
  if (!Array.isArray(configurations) || configurations.length === 0) {
    throw new OptionError("configurations", `The configurations must be ${expectation}.`, {
      code: "GSM_OPTION_TYPE",
      expectation,
    });
  }
  const named = configurations.map((configuration: Configuration) =>
    typeof configuration === "string" ? { name: configuration, options: { preset: configuration } } : configuration,
  );
  const seen = new Set<string>(Object.values(bareNames));
  for (const [i, { name, options }] of named.entries()) {
    const option = `configurations[${i}]`;
    if (typeof name !== "string" || name === "")
      throw new OptionError(option, `Option "${option}.name" must be a string that is not empty.`, {
        code: "GSM_OPTION_TYPE",
      });
    if (seen.has(name))
      throw new OptionError(option, `Option "${option}.name" must be a name of its own, got '${name}' again.`, {
        code: "GSM_OPTION_CONFLICT",
      });
    seen.add(name);
    checkOptions(`${option}.options`, options);
  }
  return named;
}

/** Throws an `OptionError` unless it is an object. What is in it is checked by the engine. */
export function checkOptions(option: string, options: unknown): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  throw new OptionError(
    option,
    `Option "${option}" must be an object of telemetry options, got ${options === null ? "null" : typeof options}.`,
    { code: "GSM_OPTION_TYPE" },
  );
}
