import type { Attributes } from "../../model/attributes.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { Cap } from "../threshold/cap.ts";
import { DecisionVariants } from "../threshold/decision-variants.ts";
import type { Glob } from "../../model/glob.ts";
import { KeepTerms, type KeepTermsSettings } from "../keep/keep-terms.ts";
import { labelledRatio } from "../samplers/ratio.ts";
import type { RuleConditions } from "./rule-conditions.ts";
import { RuleError } from "./rule-error.ts";
import { parseGlob, parseRuleMatch, type RulePattern } from "./rule-pattern.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";
import { toSampler } from "../samplers/to-sampler.ts";
import { textOf } from "../../model/foreign/text-of.ts";

const minuteMs = 60_000;

/** A rule on one route and method, with what it has sampled there: the floor is a route's own. */
export class RuleCell {
  readonly rule: CompiledRule;
  #minute = -1;
  #sampled = 0;

  constructor(rule: CompiledRule) {
    this.rule = rule;
  }

  /** The first so many of each minute are sampled whatever the ratio says. */
  decide(facts: SamplingFacts, byDefault: Sampler): Decision {
    const { minPerMinute, floor } = this.rule;
    const decision = this.rule.decide(facts, byDefault);
    if (minPerMinute === 0) return decision;
    const minute = Math.floor(facts.startMs / minuteMs);
    if (minute > this.#minute) {
      this.#minute = minute;
      this.#sampled = 0;
    }
    if (this.#sampled >= minPerMinute) return decision;
    this.#sampled++;
    return decision.sampled ? decision : floor;
  }
}

/** One rule, read once. */
export class CompiledRule {
  readonly index: number;
  readonly name: string;
  readonly pattern: RulePattern;
  /** Undefined when method and route are all it asks. */
  readonly conditions: RuleConditions | undefined;
  readonly minPerMinute: number;
  readonly floor: Decision;
  readonly ignoreParent: boolean;
  /** Whether it speaks of some requests, not of all: then it speaks of probes too. */
  readonly isExplicit: boolean;
  /** Undefined where the service's own hold. */
  readonly keep: KeepTerms | undefined;
  readonly lane: string | undefined;
  readonly metrics: boolean;
  readonly stream: boolean;
  readonly spanName: string | undefined;
  readonly attributes: Attributes | undefined;
  readonly maxPerSecond: number | undefined;
  /** Whether it has a ratio or sampler, and does not leave that to the default. */
  readonly isOwn: boolean;
  readonly samplerUsesRoute: boolean;
  readonly #sampler: Sampler | undefined;
  readonly #cap: Cap | undefined;
  readonly #named: DecisionVariants;

  constructor(rule: CheckedRule, index: number, settings: RuleSettings) {
    this.index = index;
    this.name = nameOf(rule);
    const at = (member: string, compile: () => Glob): Glob => this.#checked(member, compile);
    this.pattern = this.#checked("match", () => parseRuleMatch(rule.match ?? "*", settings.methods));
    this.conditions = conditionsOf(rule, at);
    this.isExplicit =
      this.conditions !== undefined ||
      this.pattern.operation !== undefined ||
      (this.pattern.route !== undefined && this.pattern.route.text !== "/*");
    const { ratio: share, sampler, maxPerSecond, minPerMinute = 0, keep } = rule;
    this.#sampler =
      sampler !== undefined
        ? toSampler(sampler)
        : share !== undefined
          ? labelledRatio(share, { reason: "rule", rule: this.name })
          : undefined;
    this.isOwn = this.#sampler !== undefined;
    this.samplerUsesRoute = this.#sampler?.usesRoute === true;
    this.maxPerSecond = maxPerSecond;
    this.#cap = maxPerSecond === undefined ? undefined : new Cap({ perSecond: maxPerSecond, burst: maxPerSecond });
    this.#named = new DecisionVariants((decision) => ({ ...decision, rule: this.name }));
    this.minPerMinute = minPerMinute;
    this.floor = Object.freeze({ sampled: true, reason: "floor", rule: this.name });
    this.ignoreParent = rule.ignoreParent === true;
    this.keep =
      keep === undefined
        ? undefined
        : new KeepTerms(
            {
              errors: keep.errors ?? settings.keep.errors,
              aborted: keep.aborted ?? settings.keep.aborted,
              slow: keep.slow ?? settings.keep.slow,
              slowerThanMs: keep.slowerThanMs ?? settings.keep.slowerThanMs,
              trace: keep.trace ?? settings.keep.trace,
            },
            { rule: this.name, maxPerSecond: keep.maxPerSecond },
          );
    this.lane = rule.lane;
    this.metrics = rule.metrics !== false;
    this.stream = rule.stream === true;
    this.spanName = rule.spanName;
    this.attributes = rule.attributes;
  }

  /** Decides, by the default where it has neither ratio nor sampler. */
  decide(facts: SamplingFacts, byDefault: Sampler): Decision {
    let decision = (this.#sampler ?? byDefault).decide(facts);
    if (decision.sampled && this.#cap !== undefined) decision = this.#cap.lower(decision, facts);
    return decision.rule === this.name ? decision : this.#named.of(decision);
  }

  chance(facts: SamplingFacts, byDefault: Sampler): number | undefined {
    const chance = (this.#sampler ?? byDefault).chance?.(facts);
    return chance === undefined || this.#cap === undefined ? chance : chance * this.#cap.share(facts.startMs);
  }

  #checked<T>(member: string, compile: () => T): T {
    try {
      return compile();
    } catch (error) {
      const { name: rule, index } = this;
      throw new RuleError({ index, member, rule }, textOf(error));
    }
  }
}

/** What rules are compiled with. */
export interface RuleSettings {
  /** Known methods, `_OTHER` included. */
  readonly methods: readonly string[];
  /** What a rule's own keeps leave out. */
  readonly keep: KeepTermsSettings;
}

function conditionsOf(
  rule: CheckedRule,
  at: (member: string, compile: () => Glob) => Glob,
): RuleConditions | undefined {
  const { path, host, headers } = rule;
  if (path === undefined && host === undefined && headers === undefined) return undefined;
  return {
    path: path === undefined ? undefined : at("path", () => pathGlob(path)),
    host: host === undefined ? undefined : at("host", () => parseGlob(host.toLowerCase())),
    headers: Object.entries(headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      value === true ? undefined : at(`headers.${name}`, () => parseGlob(value)),
    ]),
  };
}

function pathGlob(path: string): Glob {
  if (!path.startsWith("/") && !path.startsWith("*")) throw new Error("a path that begins with / or *");
  if (path.includes("?")) throw new Error("a path without a query");
  return parseGlob(path);
}

/** What a rule is called without a name: what it asks. */
function nameOf({ name, match, path, host, headers }: CheckedRule): string {
  if (name !== undefined) return name;
  const { route, operation } = typeof match === "object" ? match : { route: match, operation: undefined };
  const parts = [
    route,
    operation === undefined ? undefined : `operation=${operation}`,
    path === undefined ? undefined : `path=${path}`,
    host === undefined ? undefined : `host=${host}`,
    ...Object.entries(headers ?? {}).map(([header, value]) => (value === true ? header : `${header}=${value}`)),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "*" : parts.join(" ").slice(0, 200);
}
