import type { TelemetryEngine } from "@gossamer/core/adapter";

let active: TelemetryEngine | undefined;

/** The engine of the module that was set up last: what decorators use, which are there before any module. Undefined while there is none. */
export function activeEngine(): TelemetryEngine | undefined {
  return active;
}

export function setActiveEngine(engine: TelemetryEngine): void {
  active = engine;
}
