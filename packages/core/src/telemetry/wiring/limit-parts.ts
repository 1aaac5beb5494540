import { BodyMeters } from "../../exchange/host/body-meter.ts";
import type { ExchangeHost } from "../../exchange/host/exchange-host.ts";
import { noteLimits } from "../../exchange/span/server-span.ts";
import { sharedAttributes } from "../../exchange/span/shared-attributes.ts";
import { compileAttributeNames } from "../../limits/attribute-names.ts";
import { capturedHeaders } from "../../limits/captured-headers.ts";
import { sensitiveNames } from "../../limits/redact-query.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import { nameGlob } from "../../model/glob.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { Tally } from "../../tally/tally.ts";
import type { BaggageLimits } from "../../tracing/propagation/baggage.ts";

/** Everything that bounds or hides what spans, sizes and baggage tell. */
export interface LimitParts {
  readonly limits: LimitSettings;
  /** Of the attributes of a series. */
  readonly metrics: LimitSettings;
  readonly baggage: BaggageLimits;
  readonly host: Pick<
    ExchangeHost,
    "limits" | "noteLimits" | "sensitive" | "attributeSet" | "shared" | "requestHeaders" | "responseHeaders" | "bodies"
  >;
  /** Attributes that were removed by their name, by reason. */
  readonly attributeDrops: Tally;
}

/** More attributes tell series apart that nobody tells apart. Source: the limit of OpenTelemetry's specification for the other signals. */
const maxMetricAttributes = 128;

export function createLimits(settings: Settings): LimitParts {
  const attributeDrops = new Tally();
  const nameRules = {
    filters: settings.attributeFilters,
    redact: settings.redactAttributes,
    removeDebug: settings.isProduction,
  };
  const names = compileAttributeNames(nameRules, (reason) => attributeDrops.add(reason));
  const limits: LimitSettings = { ...settings.limits, names };
  const { baggage, attributeSet } = settings;
  // A ticket opens what the secret opens, as long as it lives.
  const secretHeaders = [...settings.redactHeaders, settings.tickets.header];
  const requestHeaders = capturedHeaders("request", settings.captureRequestHeaders, secretHeaders);
  const responseHeaders = capturedHeaders("response", settings.captureResponseHeaders, secretHeaders);
  return {
    limits,
    // Filters are for spans, views for metrics; what is secret is so in both.
    metrics: {
      ...limits,
      attributes: maxMetricAttributes,
      names: compileAttributeNames({ filters: [], redact: settings.redactAttributes, removeDebug: false }, () => {}),
    },
    baggage: {
      maxEntries: baggage.maxEntries,
      maxBytes: baggage.maxBytes,
      allowsIncoming: allowing(baggage.allowIncoming),
      allowsOutgoing: allowing(baggage.allowOutgoing),
    },
    host: {
      limits,
      noteLimits: noteLimits(limits),
      sensitive: sensitiveNames(settings.redactQueryParameters),
      attributeSet,
      shared: sharedAttributes({
        attributeSet,
        maxAttributes: limits.attributes,
        maxValueLength: limits.valueLength,
        requestHeaders,
        responseHeaders,
        names: compileAttributeNames(nameRules, () => {}),
      }),
      requestHeaders,
      responseHeaders,
      bodies: settings.bodySizes ? new BodyMeters() : undefined,
    },
    attributeDrops,
  };
}

/** Undefined where every name may pass. */
function allowing(patterns: readonly string[]): ((key: string) => boolean) | undefined {
  if (patterns.includes("*")) return undefined;
  const globs = patterns.flatMap((pattern) => nameGlob(pattern) ?? []);
  return (key) => globs.some((glob) => glob.matches(key));
}
