import {
  createTelemetry as createOfAny,
  type RolloutSwitch as RolloutSwitchOfAny,
  type TelemetryEngine,
  type TelemetryOptions as OptionsOfAny,
} from "@gossamer/core/adapter";
import type { Request } from "express";

/** The options of telemetry; functions among them are given requests of Express. */
export type TelemetryOptions<Given = Request> = OptionsOfAny<Given>;

/** The option `rollout`; its function is given requests of Express. */
export type RolloutSwitch<Given = Request> = RolloutSwitchOfAny<Given>;

/** `createTelemetry` of `@gossamer/core`, whose options are given requests of Express. */
export const createTelemetry: <Given = Request>(options?: TelemetryOptions<Given>) => TelemetryEngine = createOfAny;
