import * as checks from "../../model/checks/checks.ts";
import { check, type Check } from "../../model/checks/checks.ts";
import { objectOf } from "../../model/checks/json-schema.ts";
import { readMembers } from "../../model/checks/read-members.ts";
import { attributeRecord } from "../validate/record-checks.ts";
import { statsdTarget, statsdUrlExpectation } from "../validate/statsd-url.ts";
import type { StatsdOptions } from "./telemetry-options.ts";

const url = check(
  "string",
  statsdUrlExpectation,
  (value): value is string => typeof value === "string" && statsdTarget(value) !== undefined,
);

const prefix = check(
  "string",
  "at most 100 letters, digits and _ . -",
  (value): value is string => typeof value === "string" && /^[\w.-]{0,100}$/.test(value),
);

const members = {
  url,
  flavor: checks.oneOf("dogstatsd", "statsd", "telegraf"),
  prefix,
  flushEveryMs: checks.durationMs(100),
  maxEntries: checks.integer(1, 10_000),
  maxPacketBytes: checks.integer(64, 65_000),
  tags: attributeRecord,
  tagNames: checks.oneOf("conventions", "short"),
};

/** What is given; the rest is settled with the variables. */
export const statsdCheck: Check<StatsdOptions> = {
  type: "object",
  expectation: `an object with ${checks.enumerated(Object.keys(members))}`,
  schema: objectOf(members, []),
  validate(value, name): StatsdOptions {
    return readMembers<StatsdOptions>(value, name, this.expectation, members);
  },
};
