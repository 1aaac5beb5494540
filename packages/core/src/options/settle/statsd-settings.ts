import type { Attributes } from "../../model/attributes.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { type StatsdTarget, statsdTarget, statsdUrlExpectation } from "../validate/statsd-url.ts";
import type { SettingsInput } from "./settings-input.ts";

export interface StatsdSettings {
  readonly target: StatsdTarget;
  readonly flavor: "dogstatsd" | "statsd" | "telegraf";
  /** Before each name, with its point; empty for none. */
  readonly prefix: string;
  readonly flushEveryMs: number;
  readonly maxEntries: number;
  readonly maxPacketBytes: number;
  readonly tags: Attributes;
  readonly tagNames: "conventions" | "short";
}

/** A datagram that fits the usual frames whole; on a socket of this machine there are none. */
const packetBytes = { udp: 1_432, tcp: 1_432, unixstream: 8_192 } as const;
const usual = { kind: "udp", host: "localhost", port: 8_125 } as const;

/** Undefined where nothing is sent. An address comes from the code, else from the variables that Datadog's own clients follow. */
export function statsdSettings({ values, reading, notices }: SettingsInput): StatsdSettings | undefined {
  const given = values.statsd;
  if (given === undefined) return undefined;
  const target = (given.url === undefined ? undefined : statsdTarget(given.url)) ?? targetOfVariables(reading, notices);
  const { flavor = "dogstatsd", prefix = "", flushEveryMs = 10_000, maxEntries = 100 } = given;
  const { maxPacketBytes = packetBytes[target.kind], tags = {}, tagNames = "conventions" } = given;
  return {
    target,
    flavor,
    prefix: prefix === "" || prefix.endsWith(".") ? prefix : `${prefix}.`,
    flushEveryMs,
    maxEntries,
    maxPacketBytes,
    tags,
    tagNames,
  };
}

function targetOfVariables({ statsd }: SettingsInput["reading"], notices: SettingsInput["notices"]): StatsdTarget {
  const { url, host, port } = statsd;
  if (url !== undefined) {
    const target = statsdTarget(url);
    if (target !== undefined) return target;
    const line = `DD_DOGSTATSD_URL must be ${statsdUrlExpectation}, got ${quoteValue(url)}; it is ignored`;
    notices.push({ level: "warn", code: "GSM_VARIABLE_VALUE", line });
  }
  if (host === undefined && port === undefined) return usual;
  const target = statsdTarget(`udp://${host ?? usual.host}:${port ?? usual.port}`);
  if (target !== undefined) return target;
  const line = `DD_AGENT_HOST and DD_DOGSTATSD_PORT must be a host and a port, got ${quoteValue(`${host}:${port}`)}; they are ignored`;
  notices.push({ level: "warn", code: "GSM_VARIABLE_VALUE", line });
  return usual;
}
