import type { Metrics } from "../../metrics/metrics.ts";
import { StatsdExport } from "../../metrics/statsd/statsd-export.ts";
import { openStatsdSocket } from "../../metrics/statsd/statsd-socket.ts";
import type { Clock } from "../../model/clock.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { startTimer } from "../../pipeline/time/timers.ts";

export interface StatsdExportParts {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** From 0 to below 1. */
  readonly chance: () => number;
}

/** Starts the way to StatsD. */
export function statsdExport(
  statsd: NonNullable<Settings["statsd"]>,
  { metrics, clock, diagnostics, chance }: StatsdExportParts,
): StatsdExport {
  return new StatsdExport({
    ...statsd,
    reader: metrics.reader("delta"),
    open: openStatsdSocket,
    diagnostics,
    now: () => clock.now(),
    random: chance,
    startTimer,
  });
}
