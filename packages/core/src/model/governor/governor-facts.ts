import type { GovernorCause, Restraint } from "./governor-steps.ts";

/** How busy the process is, each from 0 to 1 and above where a limit is exceeded. Undefined where the system does not tell. */
export interface SensorReadings {
  /** The CPU of this thread, or that of the process against its quota, whichever is more. */
  readonly cpu: number | undefined;
  /** Resident memory against the container's limit, or the heap against its own, whichever is more. */
  readonly memory: number | undefined;
  /** How much of the time the event loop was busy. */
  readonly loop: number | undefined;
  /** In how many of its periods the container was held up for its CPU quota. */
  readonly throttled: number | undefined;
}

/** What a look found. */
export interface GovernorFacts extends SensorReadings {
  /** Telemetry's own share of the CPU that the process used, from 0 to 1. */
  readonly share: number;
  /** Of it, what would be gained without traces and lines of requests, as a share of the same CPU. */
  readonly gainable: number;
  /** The CPUs that telemetry kept busy. */
  readonly cores: number;
  /** Bytes that telemetry holds. */
  readonly bytes: number;
  /** What telemetry adds to a request, in microseconds; undefined until 16 were measured. */
  readonly requestUs: number | undefined;
  /** The longest that telemetry held the event loop without a break. */
  readonly blockMaxMs: number;
}

/** One change of how much telemetry there is. */
export interface GovernorChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: Restraint;
  readonly to: Restraint;
  readonly cause: GovernorCause;
  /** What led to it. */
  readonly before: GovernorFacts;
  /** The same one look later. */
  readonly after?: GovernorFacts | undefined;
}

/** What telemetry holds, against its thresholds, in bytes. */
export interface MemoryUsage {
  readonly bytes: number;
  readonly warnBytes: number;
  readonly criticalBytes: number;
}
