import type { Clock } from "../../model/clock.ts";
import type { RandomSource } from "../../model/random.ts";
import type { Environment } from "../declare/environment.ts";
import type { OptionValues } from "../declare/option-entry.ts";
import type { Origin } from "./merge-layers.ts";
import type { Notice } from "../validate/notice.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";
import type { VariableReading } from "../variables/variable-reading.ts";

/** What stands in for an option that only a test gives. */
export interface ResolveContext {
  readonly clock: () => Clock;
  readonly random: RandomSource;
  /** Reads a whole file as text; throws when it cannot. @default the file system */
  readonly readText?: (path: string) => string;
}

/** Everything the settings are made from. `origins` and `notices` are completed on the way. */
export interface SettingsInput {
  readonly code: TelemetryOptions;
  readonly reading: VariableReading;
  readonly environment: Environment;
  readonly values: OptionValues;
  readonly origins: Record<string, Origin>;
  readonly notices: Notice[];
  readonly context: ResolveContext;
  /** Whether this is a test run, where nothing is exported unless somebody asked. */
  readonly isTest: boolean;
}
