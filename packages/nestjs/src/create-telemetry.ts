import {
  createTelemetry as createOfAny,
  type RolloutSwitch as RolloutSwitchOfAny,
  type TelemetryEngine,
  type TelemetryOptions as OptionsOfAny,
} from "@gossamer/core/adapter";
import type { NestRequest } from "./nest-request.ts";

/** The options of telemetry; functions among them are given requests of Nest. */
export type TelemetryOptions<Request = NestRequest> = OptionsOfAny<Request>;

/** The option `rollout`; its function is given requests of Nest. */
export type RolloutSwitch<Request = NestRequest> = RolloutSwitchOfAny<Request>;

/** `createTelemetry` of `@gossamer/core`, whose options are given requests of Nest. */
export const createTelemetry: <Request = NestRequest>(options?: TelemetryOptions<Request>) => TelemetryEngine =
  createOfAny;
