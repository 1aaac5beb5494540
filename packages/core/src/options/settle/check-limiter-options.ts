import type { AttributeFilter } from "../../model/filters/attribute-filter.ts";
import { attributeFilters, globPatterns } from "../validate/filter-checks.ts";
import { OptionError } from "../validate/option-error.ts";
import { optionTable } from "../declare/option-table.ts";
import { membersOf } from "../validate/plain-object.ts";
import { plainText } from "../validate/quote-value.ts";
import type { Check } from "../validate/checks.ts";
import { suggestName } from "../validate/suggest-name.ts";

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

const entries: { readonly [Name in keyof LimiterSettings]: Entry<LimiterSettings[Name]> } = {
  valueLength,
  truncateMarker,
  arrayItems,
  attributes,
  filters: { check: attributeFilters, default: [] },
  redact: { check: globPatterns, default: [] },
};

interface Entry<T> {
  readonly check: Check<T>;
  readonly default: T;
}

/** A checked copy with every default. Throws an `OptionError` for an unknown name or a wrong value. */
export function checkLimiterOptions(options: unknown): LimiterSettings {
  const checked: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(entries)) checked[name] = value;
  for (const [name, value] of membersOf(options, "limiter", "an object")) {
    if (!Object.hasOwn(entries, name)) throw unknown(name);
    checked[name] = entries[name as keyof LimiterSettings].check.validate(value, `limiter.${name}`);
  }
  return checked as unknown as LimiterSettings;
}

function unknown(name: string): OptionError {
  const near = suggestName(name, Object.keys(entries));
  const shown = plainText(`limiter.${name}`);
  return new OptionError(
    shown,
    `Unknown option "${shown}".${near === undefined ? "" : ` Did you mean "limiter.${near}"?`}`,
    { code: "GSM_OPTION_UNKNOWN" },
  );
}
