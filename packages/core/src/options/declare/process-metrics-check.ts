import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";
import { anyOf, objectOf } from "../../model/checks/json-schema.ts";
import { readMembers } from "../../model/checks/read-members.ts";
import type { ProcessMetricsOptions } from "./telemetry-options.ts";

/** Which parts are measured. */
export type ProcessMetricsSettings = Required<ProcessMetricsOptions>;

const members = {
  cpu: checks.boolean,
  memory: checks.boolean,
  heap: checks.boolean,
  gc: checks.boolean,
  loop: checks.boolean,
  handles: checks.boolean,
  loopDelayResolutionMs: checks.integer(0, 60_000),
};

/** True is every part but the delay of the event loop, which costs by itself. */
const allParts: ProcessMetricsSettings = {
  cpu: true,
  memory: true,
  heap: true,
  gc: true,
  loop: true,
  handles: true,
  loopDelayResolutionMs: 0,
};

/** Answers {@link ProcessMetricsSettings}, or false. */
export const processMetricsCheck: Check<boolean | ProcessMetricsOptions> = {
  type: "boolean | object",
  expectation: "true, false, or an object with cpu, memory, heap, gc, loop, handles and loopDelayResolutionMs",
  schema: anyOf(checks.boolean.schema, objectOf(members, [])),
  validate(value, name): boolean | ProcessMetricsOptions {
    if (value === false) return false;
    if (value === true) return allParts;
    return { ...allParts, ...readMembers<ProcessMetricsOptions>(value, name, this.expectation, members) };
  },
};
