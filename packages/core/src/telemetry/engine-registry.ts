import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import type { TelemetryEngine } from "./telemetry.ts";

/** Under these names every copy of the package finds the one engine of the process, and those who wait for it. */
const engineKey = Symbol.for("gossamer.engine");
const waitingKey = Symbol.for("gossamer.waiting");

/** The engine of the process and how it came to be. */
export interface Registered {
  readonly telemetry: TelemetryEngine;
  readonly reset: () => Promise<void>;
  readonly options: TelemetryOptions<never> | undefined;
  /** Of options that differ. */
  warned: boolean;
  /** Of a start after `shutdown()`. Absent in copies of the package that did not say it. */
  warnedOfEnd?: boolean;
}

type Waiting = (engine: TelemetryEngine) => void;

interface Registry {
  [engineKey]?: Registered | undefined;
  [waitingKey]?: Set<Waiting> | undefined;
}

const registry = globalThis as Registry;

export function registered(): Registered | undefined {
  return registry[engineKey];
}

/** Puts an engine in place, and tells it to those who waited; with undefined the place is empty again. */
export function register(entry: Registered | undefined): void {
  registry[engineKey] = entry;
  if (entry === undefined) return;
  const waiting = registry[waitingKey];
  registry[waitingKey] = undefined;
  for (const tell of waiting ?? []) entry.telemetry.guard(() => tell(entry.telemetry));
}

/** The engine of this process, if it was made, by whichever copy of this package. */
export function existingTelemetry(): TelemetryEngine | undefined {
  return registry[engineKey]?.telemetry;
}

/** Calls once, with the next engine that is made. Answers what stops the waiting. */
export function onceRegistered(tell: (engine: TelemetryEngine) => void): () => void {
  const waiting = (registry[waitingKey] ??= new Set());
  waiting.add(tell);
  return () => void waiting.delete(tell);
}
