import { isHeaderName } from "./header-text.ts";
import { anyOf, objectOf } from "../declare/json-schema.ts";
import { OptionError, wrongValue } from "../option-error.ts";
import { quoteValue } from "./quote-value.ts";
import { readMembers } from "./read-members.ts";
import * as rules from "./rules.ts";
import type { Rule } from "./rules.ts";
import type { RolloutSwitch, SamplingFileOptions } from "../declare/telemetry-options.ts";

/** The file as it is watched. */
export interface SamplingFileSettings {
  readonly path: string;
  readonly parse: (text: string) => unknown;
  readonly pollMs: number;
}

export interface RolloutSettings {
  readonly percent: number;
  /** Header names in lower case. */
  readonly key: RolloutSwitch["key"];
  readonly salt: string;
  readonly outside: "metrics" | "nothing";
}

const defaultPollMs = 5_000;

/** A path, or an object with one. Answers {@link SamplingFileSettings}. */
export const samplingFileRule: Rule<string | SamplingFileOptions> = {
  type: "string | object",
  expectation: "the path of a file, or an object with path, parse and pollMs",
  schema: anyOf(rules.text.schema, objectOf({ path: rules.text, pollMs: rules.durationMs(100) }, ["path"])),
  validate(value, name): SamplingFileOptions {
    const given = typeof value === "string" ? { path: value } : value;
    const { path, parse, pollMs } = readMembers<SamplingFileOptions>(given, name, this.expectation, {
      path: rules.text,
      parse: rules.callable(),
      pollMs: rules.durationMs(100),
    });
    if (path === undefined) throw wrongValue(name, this.expectation, quoteValue(value));
    if (parse === undefined && /\.ya?ml$/i.test(path)) {
      throw new OptionError(
        name,
        `Option "${name}" names a YAML file and gives no parser: install a library such as "yaml" and give { path, parse } with its parse function.`,
      );
    }
    const settings: SamplingFileSettings = { path, parse: parse ?? JSON.parse, pollMs: pollMs ?? defaultPollMs };
    return settings;
  },
};

/** Answers {@link RolloutSettings}. */
export const rolloutRule: Rule<RolloutSwitch> = {
  type: "object",
  expectation: "an object with key, percent, salt and outside",
  schema: objectOf(
    {
      percent: rules.number(0, 100),
      key: {
        schema: anyOf(objectOf({ header: rules.text }, ["header"]), objectOf({ baggage: rules.text }, ["baggage"])),
      },
      salt: rules.shortText(1_000),
      outside: rules.oneOf("metrics", "nothing"),
    },
    ["key"],
  ),
  validate(value, name): RolloutSwitch {
    const { percent, key, salt, outside } = readMembers<RolloutSwitch>(value, name, this.expectation, {
      percent: rules.number(0, 100),
      key: keyRule,
      salt: rules.shortText(1_000),
      outside: rules.oneOf("metrics", "nothing"),
    });
    if (key === undefined) throw wrongValue(`${name}.key`, keyRule.expectation, "undefined");
    const settings: RolloutSettings = {
      percent: percent ?? 1,
      key,
      salt: salt ?? "",
      outside: outside ?? "metrics",
    };
    return settings;
  },
};

const keyRule: Rule<RolloutSwitch["key"]> = {
  type: "object | function",
  expectation: "a function, or an object with header or baggage",
  validate(value, name) {
    if (typeof value === "function") return value as (request: unknown) => string | undefined;
    const { header, baggage } = readMembers<{ header: string; baggage: string }>(value, name, this.expectation, {
      header: rules.text,
      baggage: rules.text,
    });
    if ((header === undefined) === (baggage === undefined)) {
      throw wrongValue(name, this.expectation, header === undefined ? "neither" : "both");
    }
    if (header === undefined) return { baggage: baggage! };
    if (!isHeaderName(header)) throw wrongValue(`${name}.header`, "the name of an HTTP header", quoteValue(header));
    return { header: header.toLowerCase() };
  },
};
