import {
  createTelemetry as createOfAny,
  type RolloutSwitch as RolloutSwitchOfAny,
  type TelemetryEngine,
  type TelemetryOptions as OptionsOfAny,
} from "@gossamer/core/adapter";
import type { FastifyRequest } from "fastify";

/** The options of telemetry; functions among them are given requests of Fastify. */
export type TelemetryOptions<Request = FastifyRequest> = OptionsOfAny<Request>;

/** The option `rollout`; its function is given requests of Fastify. */
export type RolloutSwitch<Request = FastifyRequest> = RolloutSwitchOfAny<Request>;

/** `createTelemetry` of `@gossamer/core`, whose options are given requests of Fastify. */
export const createTelemetry: <Request = FastifyRequest>(options?: TelemetryOptions<Request>) => TelemetryEngine =
  createOfAny;
