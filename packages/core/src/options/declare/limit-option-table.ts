import type { AttributeFilter } from "../../model/attribute-filter.ts";
import type { AttributeSet } from "../../model/attribute-set.ts";
import { attributeFilters, globPatterns } from "../validate/filter-rules.ts";
import type { OptionEntry, OptionGroup } from "./option-entry.ts";
import { type PresetName, presetNames } from "./preset-table.ts";
import { headerName } from "../validate/record-rules.ts";
import * as rules from "../validate/rules.ts";
import type { BaggageOptions } from "./telemetry-options.ts";

export const presetEntry: OptionEntry<PresetName, undefined> = {
  rule: rules.oneOf(...presetNames),
  default: undefined,
  defaultText: "none",
  description: "Ready-made settings for a purpose; each value can still be given by itself.",
};

export const outgoingCallsEntry: OptionEntry<boolean> = {
  rule: rules.boolean,
  default: true,
  description:
    "Whether calls to other services get a span, where an official instrumentation was given `instrumentationOptions()`.",
};

export const baggageGroup: OptionGroup<BaggageOptions> = {
  description: "What baggage is read and passed on.",
  options: {
    maxEntries: {
      rule: rules.integer(0, 180),
      default: 180,
      description: "At most so many entries, over all headers of a request together.",
    },
    maxBytes: {
      rule: rules.integer(0, 8_192),
      default: 8_192,
      description: "At most so many bytes, over all headers of a request together.",
    },
    allowIncoming: {
      rule: globPatterns,
      default: ["*"],
      description: "Names or globs of the entries that are read from callers; no other is.",
    },
    allowOutgoing: {
      rule: globPatterns,
      default: ["*"],
      description: "Names or globs of the entries that are sent to the services called; no other is.",
    },
  },
};

export const attributeSetEntry: OptionEntry<AttributeSet> = {
  rule: rules.oneOf("minimal", "standard", "full"),
  default: "full",
  description: "How much of what the conventions ask goes on server spans.",
};

export const attributeFiltersEntry: OptionEntry<readonly AttributeFilter[]> = {
  rule: attributeFilters,
  default: [],
  description:
    "Attributes that are kept or removed by name or glob, on all spans, events and links; the first step that fits decides.",
};

export const redactHeadersEntry: OptionEntry<readonly string[]> = {
  rule: rules.listOf(headerName, 100),
  default: [],
  description: "Captured headers whose values are replaced by REDACTED, besides the built-in list.",
};

export const redactAttributesEntry: OptionEntry<readonly string[]> = {
  rule: globPatterns,
  default: [],
  description: "Names or globs of attributes whose values are replaced by REDACTED.",
};

export const bodySizesEntry: OptionEntry<boolean> = {
  rule: rules.boolean,
  default: false,
  description: "Whether the sizes of request and response bodies go on spans and into histograms.",
};

export const eventAttributesEntry: OptionEntry<number, undefined> = {
  rule: rules.count(0),
  default: undefined,
  defaultText: "as limits.attributes",
  description: "At most so many attributes an event.",
};

export const linkAttributesEntry: OptionEntry<number, undefined> = {
  rule: rules.count(0),
  default: undefined,
  defaultText: "as limits.attributes",
  description: "At most so many attributes a link.",
};
