import { createClock } from "../model/clock.ts";
import { systemRandom } from "../model/random.ts";
import { environmentAttribute, environmentOptions, findEnvironment, type Environment } from "./declare/environment.ts";
import { readConfigFile } from "./config-file/config-file.part.ts";
import { mergeLayers, type OptionLayer, type Origins } from "./settle/merge-layers.ts";
import type { Notice } from "./validate/notice.ts";
import { presetOptions } from "./declare/preset-options.ts";
import type { PresetName } from "./declare/preset-table.ts";
import { readCode } from "./settle/read-code.ts";
import type { Settings } from "./settle/settings.ts";
import { settingsReport, type SettingsReport } from "./settings-report.part.ts";
import type { ResolveContext } from "./settle/settings-input.ts";
import { sourceVariable } from "./variables/source-variable.ts";
import { startLine } from "./start-line.ts";
import type { TelemetryOptions } from "./declare/telemetry-options.ts";
import { toSettings } from "./settle/to-settings.ts";
import type { Variables } from "./variables/variable-reader.ts";
import { readSetVariables } from "./variables/read-set-variables.ts";
import type { VariableReading } from "./variables/variable-reading.ts";

export interface Resolved {
  readonly settings: Settings;
  /** Who chose each option, by dotted name. */
  readonly origins: Origins;
  /** The same for people: each option's value and who chose it. */
  readonly report: SettingsReport;
  /** Lines for the operator: what was wrong in the variables, what was made to fit, and last the start line. */
  readonly notices: readonly Notice[];
}

/** Set by Vitest, Jest and `node --test`, and by whoever runs them. */
const runnerVariables = ["VITEST", "JEST_WORKER_ID", "JEST", "NODE_TEST_CONTEXT"];

const systemContext: ResolveContext = { clock: createClock, random: systemRandom };

/**
 * The settings of the engine: code before `OTEL_*` variables, before the preset, before the environment's table, before the defaults.
 *
 * Throws an `OptionError` for what is wrong in the code: unknown names, wrong values, values that do not fit. What is wrong in the
 * variables is a notice and never throws. The options are not changed and not kept.
 */
export function resolveOptions(
  options: TelemetryOptions<never> = {},
  variables: Variables = {},
  context: ResolveContext = systemContext,
): Resolved {
  const { enabled, ...given } = readCode(options);
  const reading = readSurroundings(variables);
  // Nothing in the code switches on what a file was to say that is wrong.
  const code = enabled === undefined || reading.file === "wrong" ? given : { ...given, enabled };
  const environment = detectEnvironment(code, reading, variables);
  const layers: OptionLayer[] = [
    { from: "code", options: code },
    { from: "variable", options: reading.reader.options, variables: reading.reader.origins },
    ...presetLayer(code.preset ?? reading.reader.options.preset),
    { from: "environment", options: environmentOptions(environment.row) },
  ];
  const notices: Notice[] = [...reading.reader.notices];
  const { values, origins } = mergeLayers(layers);
  const settings = toSettings({
    code,
    reading,
    environment,
    values,
    origins,
    notices,
    context,
    isTest: isTest(variables),
  });
  notices.push({ level: "info", code: "GSM_START", line: startLine(settings, environment, origins) });
  let report: SettingsReport | undefined;
  return {
    settings,
    origins,
    // Made when somebody looks.
    get report() {
      return (report ??= settingsReport(settings, values, origins));
    },
    notices,
  };
}

/** A configuration file takes the place of the `OTEL_*` variables. */
function readSurroundings(variables: Variables): VariableReading {
  const path = variables["OTEL_CONFIG_FILE"]?.trim() ?? "";
  return path === "" ? readSetVariables(variables) : readConfigFile(path, variables);
}

/** It yields to the variables and wins over the environment's table. */
function presetLayer(preset: PresetName | undefined): OptionLayer[] {
  return preset === undefined ? [] : [{ from: "preset", options: presetOptions(preset), preset }];
}

function detectEnvironment(code: TelemetryOptions, reading: VariableReading, variables: Variables): Environment {
  return findEnvironment([
    ["option", code.environment],
    ["resource attribute", environmentAttribute(code.resourceAttributes)],
    [sourceVariable(reading, "OTEL_RESOURCE_ATTRIBUTES"), environmentAttribute(reading.resourceAttributes)],
    ["NODE_ENV", variables["NODE_ENV"]],
    ["ENVIRONMENT", variables["ENVIRONMENT"]],
  ]);
}

/** A runner tells itself by a variable, also where it leaves `NODE_ENV` as it was. One that says where it runs is taken at its word. */
function isTest(variables: Variables): boolean {
  const environment = variables["NODE_ENV"]?.trim() ?? "";
  if (environment === "test") return true;
  const isRun = runnerVariables.some((name) => (variables[name]?.trim() ?? "") !== "");
  return isRun && (environment === "" || environment === "development");
}
