import type { AttributeFilter } from "../../model/filters/attribute-filter.ts";
import { attributeFilters, globPatterns } from "../validate/filter-checks.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import { optionTable } from "../declare/option-table.ts";

/** The limiter's options once checked. */
export interface LimiterSettings {
  readonly valueLength: number;
  readonly truncateMarker: string;
  readonly arrayItems: number;
  readonly attributes: number;
  readonly filters: readonly AttributeFilter[];
  readonly redact: readonly string[];
}

const { valueLength, truncateMarker, arrayItems, attributes } = optionTable.limits.options;

const limiterChecks: MemberChecks<LimiterSettings> = {
  valueLength: valueLength.check,
  truncateMarker: truncateMarker.check,
  arrayItems: arrayItems.check,
  attributes: attributes.check,
  filters: attributeFilters,
  redact: globPatterns,
};

const defaults: LimiterSettings = {
  valueLength: valueLength.default,
  truncateMarker: truncateMarker.default,
  arrayItems: arrayItems.default,
  attributes: attributes.default,
  filters: [],
  redact: [],
};

/** A checked copy with every default. Throws an `OptionError` for an unknown name or a wrong value. */
export function checkLimiterOptions(options: unknown): LimiterSettings {
  return { ...defaults, ...readOptions<LimiterSettings>(options, "limiter", limiterChecks) };
}
