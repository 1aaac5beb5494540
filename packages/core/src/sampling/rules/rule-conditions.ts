import type { Glob } from "../../model/glob.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";

/** What a condition reads of a request. */
export type ConditionFacts = Pick<SamplingFacts, "path" | "header">;

/** What a rule asks beside method and route; undefined members ask nothing. */
export interface RuleConditions {
  readonly path: Glob | undefined;
  /** In lower case. */
  readonly host: Glob | undefined;
  /** By lower-case name; undefined: any value. */
  readonly headers: readonly (readonly [name: string, value: Glob | undefined])[];
}

export function hold(conditions: RuleConditions, facts: ConditionFacts): boolean {
  const { path, host, headers } = conditions;
  if (path !== undefined && !(facts.path !== undefined && path.matches(facts.path))) return false;
  if (host !== undefined && !host.matches(hostOf(facts.header("host") ?? facts.header(":authority") ?? "")))
    return false;
  for (const [name, value] of headers) {
    const given = facts.header(name);
    if (given === undefined || (value !== undefined && !value.matches(given))) return false;
  }
  return true;
}

/** Whether whatever meets the other conditions meets these. */
export function isWider(one: RuleConditions, other: RuleConditions): boolean {
  return (
    includes(one.path, other.path) &&
    includes(one.host, other.host) &&
    one.headers.every(([name, value]) =>
      other.headers.some(
        ([otherName, otherValue]) => name === otherName && (value === undefined || includes(value, otherValue)),
      ),
    )
  );
}

function includes(one: Glob | undefined, other: Glob | undefined): boolean {
  return one === undefined || (other !== undefined && one.covers(other));
}

/** The host of an authority in lower case: without the port, an IPv6 address in its brackets. */
function hostOf(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const host = colon === -1 || authority.indexOf("]", colon) !== -1 ? authority : authority.slice(0, colon);
  return host.toLowerCase();
}
