import { isHeaderName } from "../validate/header-text.ts";
import { anyOf, objectOf } from "../../model/checks/json-schema.ts";
import { OptionError, wrongValue } from "../../model/checks/option-error.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { type MemberChecks, readMembers, readOptions } from "../../model/checks/read-members.ts";
import { endpointCheck } from "../validate/endpoint-check.ts";
import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";
import type { RemoteSamplingOptions, RolloutSwitch, SamplingFileOptions } from "./telemetry-options.ts";

/** The file as it is watched. */
export interface SamplingFileSettings {
  readonly path: string;
  readonly parse: (text: string) => unknown;
  readonly pollMs: number;
}

/** The endpoint as it is asked. */
export interface RemoteSamplingSettings {
  /** Path included. */
  readonly url: string;
  /** The same without credentials and query. */
  readonly shownUrl: string;
  readonly protocol: "http" | "grpc";
  readonly pollMs: number;
  readonly timeoutMs: number;
  /** Undefined: what holds without an endpoint. */
  readonly initialRatio: number | undefined;
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
        `Option "${name}" names a YAML file without a parser: install a library such as "yaml" and pass { path, parse } with its parse function.`,
        { code: "GSM_OPTION_FILE" },
      );
    }
    const settings: SamplingFileSettings = { path, parse: parse ?? JSON.parse, pollMs: pollMs ?? defaultPollMs };
    return settings;
  },
};

/** Of Jaeger's collector, and of its extension for remote sampling. */
const grpcPorts: ReadonlySet<string> = new Set(["14250", "5779"]);

const remoteSamplingChecks: MemberChecks<RemoteSamplingOptions> = {
  url: endpointCheck,
  protocol: checks.oneOf("http", "grpc"),
  pollMs: checks.durationMs(1_000),
  timeoutMs: checks.durationMs(1),
  initialRatio: checks.number(0, 1),
};

/** An address, or an object. Answers {@link RemoteSamplingSettings}. */
export const remoteSamplingCheck: Check<string | RemoteSamplingOptions> = {
  type: "string | object",
  expectation: `a URL, or an object with ${Object.keys(remoteSamplingChecks).join(", ")}`,
  schema: anyOf(endpointCheck.schema, objectOf(remoteSamplingChecks)),
  validate(value, name): RemoteSamplingOptions {
    const given = typeof value === "string" ? { url: value } : value;
    const options = readMembers<RemoteSamplingOptions>(given, name, this.expectation, remoteSamplingChecks);
    const url = new URL(options.url ?? "http://localhost:5778");
    const protocol = options.protocol ?? (grpcPorts.has(url.port) ? "grpc" : "http");
    if (protocol === "http" && url.pathname === "/") url.pathname = "/sampling";
    const settings: RemoteSamplingSettings = {
      url: url.href,
      shownUrl: protocol === "grpc" ? url.origin : `${url.origin}${url.pathname}`,
      protocol,
      pollMs: options.pollMs ?? 60_000,
      timeoutMs: options.timeoutMs ?? 5_000,
      initialRatio: options.initialRatio,
    };
    // Undefined is no ratio for whoever reads the type of the option.
    return settings as RemoteSamplingOptions;
  },
};

const keyCheck: Check<RolloutSwitch["key"]> = {
  type: "object | function",
  expectation: "a function, or an object with header or baggage",
  schema: anyOf(objectOf({ header: checks.text }, ["header"]), objectOf({ baggage: checks.text }, ["baggage"])),
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

const rolloutChecks: MemberChecks<RolloutSwitch> = {
  ratio: checks.number(0, 1),
  key: keyCheck,
  salt: checks.shortText(1_000),
  outside: checks.oneOf("metrics", "nothing"),
};

/** Answers {@link RolloutSettings}. */
export const rolloutCheck: Check<RolloutSwitch> = {
  type: "object",
  expectation: "an object with key, ratio, salt and outside",
  schema: objectOf(rolloutChecks, ["key"]),
  validate(value, name): RolloutSwitch {
    const given = readOptions(value, name, rolloutChecks, ["key"], this.expectation);
    const { ratio = 0.01, key, salt = "", outside = "metrics" } = given;
    return { ratio, key, salt, outside } satisfies RolloutSettings;
  },
};
