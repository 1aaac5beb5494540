import { types } from "node:util";
import { existingTelemetry, isTelemetry, OptionError, type Telemetry, type TelemetryEngine } from "@gossamer/core";
import { EngineSource } from "./data/engine-source.ts";
import { PageData } from "./data/page-data.ts";
import { type EnginePage, processPages } from "./process-pages.ts";

/** One for all pages of an engine. */
export function pageOf(engine: TelemetryEngine): EnginePage {
  const known = processPages.shown.get(engine);
  if (known !== undefined) return known;
  const ownPaths = new Set<string>();
  const page = { data: new PageData({ source: new EngineSource(engine, ownPaths) }), ownPaths };
  processPages.shown.set(engine, page);
  return page;
}

/** The engine behind what a service calls its telemetry; undefined while there is none. */
export function engineBehind(telemetry: Telemetry | undefined): TelemetryEngine | undefined {
  return isEngine(telemetry) ? telemetry : existingTelemetry();
}

/** @throws OptionError for what is no telemetry */
export function checkTelemetry(telemetry: unknown, calledAs: string): void {
  if (telemetry === undefined || isTelemetry(telemetry)) return;
  const expectation = "what createTelemetry() gave, or the telemetry that an adapter exports";
  throw new OptionError("telemetry", `${calledAs} takes ${expectation}, got ${nameOf(telemetry)}.`, {
    code: "GSM_OPTION_TYPE",
    expectation,
  });
}

/** What somebody may have taken for telemetry. */
function nameOf(given: unknown): string {
  if (typeof given === "function") return "a function: middleware and plugins are made of telemetry, give that itself";
  if (types.isPromise(given)) return "a promise: await it";
  return typeof given === "object" && given !== null ? "an object without span and status" : String(given);
}

function isEngine(telemetry: Telemetry | undefined): telemetry is TelemetryEngine {
  return telemetry !== undefined && "watch" in telemetry;
}
