import { callable, type Check, either, oneOf } from "../model/checks/checks.ts";
import { readMembers } from "../model/checks/read-members.ts";
import type { PrometheusOptions } from "./telemetry.ts";

export const allowCheck: Check<NonNullable<PrometheusOptions["allow"]>> = either(
  oneOf("loopback", "any"),
  callable<Extract<PrometheusOptions["allow"], (...parameters: never[]) => unknown>>(),
);

/** Checked where the handler is made, so that no request meets a wrong one. Throws an `OptionError`. */
export function readPrometheusOptions(options: unknown = {}): PrometheusOptions {
  return readMembers<PrometheusOptions>(options, "prometheus", "an object", { allow: allowCheck });
}
