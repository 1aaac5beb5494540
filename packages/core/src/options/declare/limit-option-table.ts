import type { AttributeFilter } from "../../model/attribute-filter.ts";
import type { AttributeSet } from "../../model/attribute-set.ts";
import { attributeFilters, globPatterns } from "../validate/filter-checks.ts";
import type { OptionEntry, OptionGroup } from "./option-entry.ts";
import { type PresetName, presetNames } from "./preset-table.ts";
import { headerName } from "../validate/record-checks.ts";
import * as checks from "../validate/checks.ts";
import type { BaggageOptions } from "./telemetry-options.ts";

export const presetEntry: OptionEntry<PresetName, undefined> = {
  check: checks.oneOf(...presetNames),
  default: undefined,
  defaultText: "none",
  description: "Ready-made settings for a purpose; each value can still be given by itself.",
};

export const outgoingCallsEntry: OptionEntry<boolean> = {
  check: checks.boolean,
  default: true,
  description:
    "Whether calls to other services get a span, where an official instrumentation was given `instrumentationOptions()`.",
};

export const baggageGroup: OptionGroup<BaggageOptions> = {
  description: "What baggage is read and passed on.",
  options: {
    maxEntries: {
      check: checks.integer(0, 180),
      default: 180,
      description: "At most so many entries, over all headers of a request together.",
    },
    maxBytes: {
      check: checks.integer(0, 8_192),
      default: 8_192,
      description: "At most so many bytes, over all headers of a request together.",
    },
    allowIncoming: {
      check: globPatterns,
      default: ["*"],
      description: "Names or globs of the entries that are read from callers; no other is.",
    },
    allowOutgoing: {
      check: globPatterns,
      default: ["*"],
      description: "Names or globs of the entries that are sent to the services called; no other is.",
    },
    fromUntrusted: {
      check: checks.boolean,
      default: false,
      description: "Whether the baggage of callers outside the trust boundary goes on.",
    },
  },
};

export const attributeSetEntry: OptionEntry<AttributeSet> = {
  check: checks.oneOf("minimal", "standard", "full"),
  default: "full",
  description: "How much of what the conventions ask goes on server spans.",
};

export const attributeFiltersEntry: OptionEntry<readonly AttributeFilter[]> = {
  check: attributeFilters,
  default: [],
  description:
    "Attributes that are kept or removed by name or glob, on all spans, events and links; the first step that fits decides.",
};

export const redactHeadersEntry: OptionEntry<readonly string[]> = {
  check: checks.listOf(headerName, 100),
  default: [],
  description: "Captured headers whose values are replaced by REDACTED, besides the built-in list.",
};

export const redactAttributesEntry: OptionEntry<readonly string[]> = {
  check: globPatterns,
  default: [],
  description: "Names or globs of attributes whose values are replaced by REDACTED.",
};

export const bodySizesEntry: OptionEntry<boolean> = {
  check: checks.boolean,
  default: false,
  description: "Whether the sizes of request and response bodies go on spans and into histograms.",
};

export const eventAttributesEntry: OptionEntry<number, undefined> = {
  check: checks.count(0),
  default: undefined,
  defaultText: "as limits.attributes",
  description: "At most so many attributes an event.",
};

export const linkAttributesEntry: OptionEntry<number, undefined> = {
  check: checks.count(0),
  default: undefined,
  defaultText: "as limits.attributes",
  description: "At most so many attributes a link.",
};
