import type { Route } from "../../model/route.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { CompiledRule, RuleCell, type RuleSettings } from "./compiled-rule.ts";
import { type ConditionFacts, hold, isWider, type RuleConditions } from "./rule-conditions.ts";
import { RuleError } from "./rule-error.ts";
import { covers } from "./rule-pattern.ts";

/** What a list of rules reads of a request to find the one that is for it. */
export interface RuleFacts extends ConditionFacts {
  readonly route: Route | undefined;
  readonly method: string;
}

/** The rules that may be for one route and method: conditional ones, and behind them one that is for the rest. */
type Candidates = readonly RuleCell[];

interface RouteCandidates {
  readonly template: string;
  readonly byMethod: Map<string, Candidates>;
}

/** Methods come from a table; more of them are nobody's. */
const maxMethods = 64;

const noConditions: RuleConditions = { path: undefined, host: undefined, headers: [] };

/**
 * A list of rules, compiled once. The first that matches counts.
 *
 * What a route and method have to do with is found when they come up first, and then by two reads, however many rules there are. Routes beyond the
 * table of routes are looked up each time.
 */
export class RuleSet {
  readonly rules: readonly CompiledRule[];
  /** Whether some rule is for certain routes, so that a decision waits for the route where it can. */
  readonly usesRoute: boolean;
  /** Whether some rule is for certain operations, so that it waits for their names too. */
  readonly usesOperation: boolean;
  readonly someIgnoreParent: boolean;
  /** Whether some rule has terms of its own for what is kept. */
  readonly someTerms: boolean;
  /** Whether some rule keeps anything. */
  readonly someKeep: boolean;
  /** Whether some rule holds child spans. */
  readonly someHold: boolean;
  readonly someStream: boolean;
  /** Whether some rule has a say when a request is over. */
  readonly atEnd: boolean;
  readonly #byRoute: (RouteCandidates | undefined)[] = [];
  readonly #unrouted = new Map<string, Candidates>();
  /** By what a route's text begins with before its first `*`, so that a rule is not compared with each other one. */
  readonly #byStart = new Map<string, CompiledRule[]>();
  #longest = 0;

  /**
   * @param behind rules of somebody who does not know the list: what it takes from them all is left out
   * @throws RuleError for a bad pattern, or a rule of the list that no request can reach.
   */
  constructor(list: readonly CheckedRule[], settings: RuleSettings, behind: readonly CheckedRule[] = []) {
    const rules: CompiledRule[] = [];
    this.rules = rules;
    for (const [index, rule] of [...list, ...behind].entries()) {
      const compiled = new CompiledRule(rule, rules.length, settings);
      const wider = this.#widerThan(compiled);
      if (wider !== undefined && index >= list.length) continue;
      if (wider !== undefined) throw unreachable(compiled, wider);
      rules.push(compiled);
      const [start = ""] = compiled.pattern.route?.text.split("*", 1) ?? [];
      this.#longest = Math.max(this.#longest, start.length);
      const same = this.#byStart.get(start);
      if (same === undefined) this.#byStart.set(start, [compiled]);
      else same.push(compiled);
    }
    const some = (has: (rule: CompiledRule) => boolean): boolean => this.rules.some(has);
    this.usesOperation = some(({ pattern }) => pattern.operation !== undefined);
    this.usesRoute =
      this.usesOperation || some(({ pattern, samplerUsesRoute }) => pattern.route !== undefined || samplerUsesRoute);
    this.someIgnoreParent = some(({ ignoreParent }) => ignoreParent);
    this.someTerms = some(({ keep }) => keep !== undefined);
    this.someHold = some(({ keep }) => keep?.trace === true);
    this.someKeep = some(({ keep }) => keep?.isAny === true);
    this.someStream = some(({ stream }) => stream);
    this.atEnd = some(
      ({ keep, lane, metrics, attributes, spanName }) =>
        keep !== undefined || lane !== undefined || !metrics || attributes !== undefined || spanName !== undefined,
    );
  }

  /** The first rule for a request, as far as is known of it; those for certain routes are stepped over while it has none. */
  match(facts: RuleFacts): RuleCell | undefined {
    const candidates = this.#candidates(facts.route, facts.method);
    for (const cell of candidates) {
      const { conditions } = cell.rule;
      if (conditions === undefined || hold(conditions, facts)) return cell;
    }
    return undefined;
  }

  #candidates(route: Route | undefined, method: string): Candidates {
    if (route === undefined || (route.template === "" && route.operation === undefined)) {
      const known = this.#unrouted.get(method);
      return known ?? this.#remember(this.#unrouted, method, this.#find(undefined, method));
    }
    if (route.id < 0) return this.#find(route, method);
    let known = this.#byRoute[route.id];
    // Another table of routes counts on its own: the same number may be another route there.
    if (known === undefined || known.template !== route.template) {
      known = { template: route.template, byMethod: new Map() };
      this.#byRoute[route.id] = known;
    }
    return known.byMethod.get(method) ?? this.#remember(known.byMethod, method, this.#find(route, method));
  }

  #remember(map: Map<string, Candidates>, method: string, candidates: Candidates): Candidates {
    if (map.size < maxMethods) map.set(method, candidates);
    return candidates;
  }

  #find(asked: Route | undefined, method: string): Candidates {
    const template = asked?.template === "" ? undefined : asked?.template;
    const label = asked?.operation?.label;
    const isRouted = ({ pattern: { route } }: CompiledRule): boolean =>
      route === undefined || (template !== undefined && route.matches(template));
    const isNamed = ({ pattern: { operation } }: CompiledRule): boolean =>
      operation === undefined || (label !== undefined && operation.matches(label));
    const found = this.#near(template)
      .flat()
      .filter(isRouted)
      .filter(isNamed)
      .filter(({ pattern: { methods } }) => methods === undefined || methods.has(method))
      .sort((one, other) => one.index - other.index);
    const last = found.findIndex(({ conditions }) => conditions === undefined);
    return (last === -1 ? found : found.slice(0, last + 1)).map((rule) => new RuleCell(rule));
  }

  /** Only called in order, so that what is there is what stands before. */
  #widerThan(rule: CompiledRule): CompiledRule | undefined {
    const takes = (other: CompiledRule): boolean =>
      covers(other.pattern, rule.pattern) && isWider(other.conditions ?? noConditions, rule.conditions ?? noConditions);
    return this.#near(rule.pattern.route?.text)
      .find((some) => some.some(takes))
      ?.find(takes);
  }

  /** All that can be for such a route, by what they begin with. */
  #near(text = ""): CompiledRule[][] {
    const found: CompiledRule[][] = [];
    for (let end = Math.min(text.length, this.#longest); end >= 0; end--)
      found.push(this.#byStart.get(text.slice(0, end)) ?? []);
    return found;
  }
}

function unreachable({ index, name }: CompiledRule, wider: CompiledRule): RuleError {
  return new RuleError(
    { index, rule: name },
    `cannot be reached: rules[${wider.index}] "${wider.name}" takes every request that it matches`,
  );
}
