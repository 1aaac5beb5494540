import type { Check } from "../../model/checks/checks.ts";
import { wrongValue } from "../../model/checks/option-error.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { hasWholeEscapes, percentDecode } from "../../limits/percent-decode.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";

/** Where a sampler finds a text: an attribute, a request header, an entry of the incoming baggage, or the route's own option `priority`. */
export type FactsSource =
  | { readonly attribute: string }
  | { readonly header: string }
  | { readonly baggage: string }
  | { readonly routeOption: "priority" };

/** The first of the sources that has a text. */
export function readSource(sources: readonly FactsSource[], facts: SamplingFacts): string | undefined {
  for (const source of sources) {
    const text = readOne(source, facts);
    if (text !== undefined && text !== "") return text;
  }
  return undefined;
}

/** A list of sources, or one, which is answered as a list; header names in lower case. */
export const sourcesCheck: Check<FactsSource | readonly FactsSource[]> = {
  type: "FactsSource | FactsSource[]",
  expectation: 'one or a list of { attribute }, { header }, { baggage } or { routeOption: "priority" }, each a text',
  validate(value, name): readonly FactsSource[] {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const sources = list.flatMap((source) => sourceOf(source) ?? []);
    if (sources.length > 0 && sources.length === list.length) return sources;
    const isEmpty = Array.isArray(value) && value.length === 0;
    throw wrongValue(name, this.expectation, quoteValue(value), isEmpty ? "GSM_OPTION_RANGE" : "GSM_OPTION_TYPE");
  },
};

function sourceOf(given: unknown): FactsSource | undefined {
  const entries = typeof given === "object" && given !== null ? Object.entries(given as Record<string, unknown>) : [];
  const [kind, value] = entries[0] ?? [];
  const isKnown = kind === "attribute" || kind === "header" || kind === "baggage" || kind === "routeOption";
  if (entries.length !== 1 || !isKnown || typeof value !== "string" || value === "") return undefined;
  return (kind === "header" ? { header: value.toLowerCase() } : { [kind]: value }) as FactsSource;
}

function readOne(source: FactsSource, facts: SamplingFacts): string | undefined {
  if ("header" in source) return facts.header(source.header);
  if ("routeOption" in source) return facts.route?.options.priority;
  if ("baggage" in source) return baggageEntry(facts.header("baggage"), source.baggage);
  const value = facts.attribute(source.attribute);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** What W3C baggage may hold in all; what is beyond it is not looked at. */
const maxBaggageLength = 8_192;

/** The value of an entry of a `baggage` header. */
export function baggageEntry(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const member of header.slice(0, maxBaggageLength).split(",")) {
    const equals = member.indexOf("=");
    if (equals === -1 || member.slice(0, equals).trim() !== name) continue;
    const value = (member.slice(equals + 1).split(";", 1)[0] ?? "").trim();
    // A broken escape: an entry without a value that anyone meant.
    return hasWholeEscapes(value) ? percentDecode(value) : undefined;
  }
  return undefined;
}
