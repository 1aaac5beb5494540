import { isHeaderName } from "../validate/header-text.ts";
import { anyOf, objectOf } from "../validate/json-schema.ts";
import { OptionError, wrongValue } from "../validate/option-error.ts";
import { quoteValue } from "../validate/quote-value.ts";
import { readMembers } from "../validate/read-members.ts";
import * as checks from "../validate/checks.ts";
import type { Check } from "../validate/checks.ts";
import type { RolloutSwitch, SamplingFileOptions } from "./telemetry-options.ts";

/** The file as it is watched. */
export interface SamplingFileSettings {
  readonly path: string;
  readonly parse: (text: string) => unknown;
  readonly pollMs: number;
}

export interface RolloutSettings {
  readonly ratio: number;
  /** Header names in lower case. */
  readonly key: RolloutSwitch["key"];
  readonly salt: string;
  readonly outside: "metrics" | "nothing";
}

const defaultPollMs = 5_000;

/** A path, or an object with one. Answers {@link SamplingFileSettings}. */
export const samplingFileCheck: Check<string | SamplingFileOptions> = {
  type: "string | object",
  expectation: "the path of a file, or an object with path, parse and pollMs",
  schema: anyOf(checks.text.schema, objectOf({ path: checks.text, pollMs: checks.durationMs(100) }, ["path"])),
  validate(value, name): SamplingFileOptions {
    const given = typeof value === "string" ? { path: value } : value;
    const { path, parse, pollMs } = readMembers<SamplingFileOptions>(given, name, this.expectation, {
      path: checks.text,
      parse: checks.callable(),
      pollMs: checks.durationMs(100),
    });
    if (path === undefined) throw wrongValue(name, this.expectation, quoteValue(value), "GSM_OPTION_TYPE");
    if (parse === undefined && /\.ya?ml$/i.test(path)) {
      throw new OptionError(
        name,
        `Option "${name}" names a YAML file and gives no parser: install a library such as "yaml" and give { path, parse } with its parse function.`,
        { code: "GSM_OPTION_FILE" },
      );
    }
    const settings: SamplingFileSettings = { path, parse: parse ?? JSON.parse, pollMs: pollMs ?? defaultPollMs };
    return settings;
  },
};

/** Answers {@link RolloutSettings}. */
export const rolloutCheck: Check<RolloutSwitch> = {
  type: "object",
  expectation: "an object with key, ratio, salt and outside",
  schema: objectOf(
    {
      ratio: checks.number(0, 1),
      key: {
        schema: anyOf(objectOf({ header: checks.text }, ["header"]), objectOf({ baggage: checks.text }, ["baggage"])),
      },
      salt: checks.shortText(1_000),
      outside: checks.oneOf("metrics", "nothing"),
    },
    ["key"],
  ),
  validate(value, name): RolloutSwitch {
    const { ratio, key, salt, outside } = readMembers<RolloutSwitch>(value, name, this.expectation, {
      ratio: checks.number(0, 1),
      key: keyCheck,
      salt: checks.shortText(1_000),
      outside: checks.oneOf("metrics", "nothing"),
    });
    if (key === undefined) throw wrongValue(`${name}.key`, keyCheck.expectation, "undefined", "GSM_OPTION_TYPE");
    const settings: RolloutSettings = {
      ratio: ratio ?? 0.01,
      key,
      salt: salt ?? "",
      outside: outside ?? "metrics",
    };
    return settings;
  },
};

const keyCheck: Check<RolloutSwitch["key"]> = {
  type: "object | function",
  expectation: "a function, or an object with header or baggage",
  validate(value, name) {
    if (typeof value === "function") return value as (request: unknown) => string | undefined;
    const { header, baggage } = readMembers<{ header: string; baggage: string }>(value, name, this.expectation, {
      header: checks.text,
      baggage: checks.text,
    });
    if ((header === undefined) === (baggage === undefined)) {
      throw wrongValue(name, this.expectation, header === undefined ? "neither" : "both", "GSM_OPTION_RANGE");
    }
    if (header === undefined) return { baggage: baggage! };
    if (!isHeaderName(header))
      throw wrongValue(`${name}.header`, "the name of an HTTP header", quoteValue(header), "GSM_OPTION_RANGE");
    return { header: header.toLowerCase() };
  },
};
