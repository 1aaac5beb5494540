import type { Telemetry } from "@gossamer/core";

let active: Telemetry | undefined;

/** The engine of the module that was set up last: what decorators use, which are there before any module. Undefined while there is none. */
export function activeEngine(): Telemetry | undefined {
  return active;
}

export function setActiveEngine(engine: Telemetry): void {
  active = engine;
}
