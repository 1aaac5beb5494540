import { withCode } from "../../model/codes.ts";
import { hasWholeEscapes, percentDecode } from "../../limits/percent-decode.ts";
import { wrongType } from "./check-number.ts";
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

/** A copy of a list of sources, or of one, header names in lower case. Throws a TypeError for what is none. */
export function checkSources(name: string, given: FactsSource | readonly FactsSource[]): readonly FactsSource[] {
  const list = Array.isArray(given) ? (given as readonly FactsSource[]) : [given as FactsSource];
  if (list.length === 0) throw withCode(new TypeError(`${name} must name at least one source.`), "GSM_OPTION_RANGE");
  return list.map((source) => {
    const entries = typeof source === "object" && source !== null ? Object.entries(source) : [];
    const [kind, value] = entries[0] ?? [];
    const isKnown = kind === "attribute" || kind === "header" || kind === "baggage" || kind === "routeOption";
    if (entries.length !== 1 || !isKnown || typeof value !== "string" || value === "") {
      throw wrongType(
        `${name} must be { attribute }, { header }, { baggage } or { routeOption: "priority" }, each a string, or a list of them.`,
      );
    }
    return (kind === "header" ? { header: value.toLowerCase() } : { [kind]: value }) as FactsSource;
  });
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
