import type { Settings } from "../../options/settle/settings.ts";
import type { SettingsReport } from "../../options/settings-report.part.ts";
import type { TelemetryStatus } from "../wiring/telemetry-status.ts";

/** Something to look at before a service goes to production. */
export interface Finding {
  /** Stable, for those who want to ignore one: `sample-ratio`. */
  readonly id: string;
  /** `error`: telemetry is lost or wrong. `warning`: it costs or tells more than it should. `info`: worth knowing. */
  readonly severity: "error" | "warning" | "info";
  /** What is, with the numbers. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What the checks look at. */
export interface Inspected {
  readonly settings: Settings;
  readonly origins: SettingsReport;
  readonly serviceName: unknown;
  readonly status: TelemetryStatus;
  /** How long the engine has been running. */
  readonly upMs: number;
}

/** Looks at one thing. */
export type Check = (inspected: Inspected) => Finding | undefined;

export function finding(id: string, severity: Finding["severity"], message: string, fix: string): Finding {
  return { id, severity, message, fix };
}
