import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { BreakerChange } from "./circuit-breaker.ts";

export interface BreakerLogParts {
  /** The exporter, for the operator's eye. */
  readonly exporter: string;
  /** What becomes of telemetry meanwhile: `spans go to the spool`. */
  readonly meanwhile: string;
  /** Whether nobody asked for the exporter and nothing is there: then all is said. */
  readonly isQuiet: () => boolean;
  readonly diagnostics: Diagnostics;
}

/** Where every change of a breaker is told, as a `BreakerEvent`, to whoever subscribes. */
const breakerChannelName = "gossamer.breaker";

/** A change of the breaker of one exporter. */
export interface BreakerEvent extends BreakerChange {
  readonly exporter: string;
}

const events = builtin("node:diagnostics_channel").channel(breakerChannelName);

/** Says one line when a breaker opens and one when it has closed; not those between, when trial calls fail and it opens again. */
export function breakerLog(parts: BreakerLogParts): (change: BreakerChange) => void {
  let said = false;
  return (change) => {
    const { exporter, meanwhile, isQuiet, diagnostics } = parts;
    const { from, to, reason, openMs } = change;
    if (events.hasSubscribers) events.publish({ exporter, ...change } satisfies BreakerEvent);
    if (from === "closed" && to === "open" && !isQuiet()) {
      said = true;
      const seconds = Math.round(openMs / 1000);
      diagnostics.warn(
        `nothing is sent to ${exporter} for about ${seconds} s (${reason}); meanwhile ${meanwhile}`,
        "GSM_BREAKER_OPEN",
      );
    } else if (to === "closed" && said) {
      said = false;
      diagnostics.info(`sending to ${exporter} as before (${reason})`, "GSM_BREAKER_CLOSED");
    }
  };
}
