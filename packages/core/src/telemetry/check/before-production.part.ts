import { type Finding, finding, type Inspected } from "./finding.ts";
import { settingsChecks } from "./settings-checks.ts";
import { trafficChecks } from "./traffic-checks.ts";

const severities = ["error", "warning", "info"] as const;

/** Runs every check; the most serious findings first. */
export function beforeProduction(inspected: Inspected): Finding[] {
  if (!inspected.settings.enabled) {
    return [
      finding("disabled", "info", "Telemetry is off.", 'Take "enabled" or OTEL_SDK_DISABLED away to turn it on.'),
    ];
  }
  return [...settingsChecks, ...trafficChecks]
    .flatMap((check) => check(inspected) ?? [])
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
