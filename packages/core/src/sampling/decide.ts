import type { Decision } from "../model/sampling/decision.ts";
import type { Tally } from "../tally/tally.ts";
import type { DecisionCounts } from "./decision-counts.ts";
import { DecisionVariants } from "./threshold/decision-variants.ts";
import type { DryRun } from "./dry-run.ts";
import type { KeepPolicy } from "./keep/keep.ts";
import { type ParentBasedSampler, parentTree } from "./samplers/parent-based.ts";
import { isProbe } from "./probes.ts";
import { RouteOptionsSampler } from "./route-options.ts";
import type { RuleCell } from "./rules/compiled-rule.ts";
import type { RuleSet } from "./rules/rule-set.ts";
import type { Sampler, SamplingFacts } from "../model/sampling/sampler.ts";
import type { SamplingRestraint } from "./threshold/sampling-restraint.ts";
import type { TokenBucket } from "./threshold/token-bucket.ts";

export interface DecideSettings {
  /** Whether there are traces at all. */
  readonly traces: boolean;
  /** The default. A parent-based one brings its branches; any other decides for roots, and parents are followed. */
  readonly sampler: Sampler;
  /** Decide for roots before the default does, where one matches. */
  readonly rules?: RuleSet | undefined;
  /** Whether the valve is for the default alone: whoever wrote a rule has chosen. @default false */
  readonly valveSparesRules?: boolean | undefined;
  /** Looks on. */
  readonly dryRun?: DryRun | undefined;
  /** Whether health checks are sampled like other requests. */
  readonly traceProbes: boolean;
  /** Keeps what announces itself at the start. */
  readonly keep?: KeepPolicy | undefined;
  /** Traces per second, unless a ratio or sampler is set. */
  readonly valve?: TokenBucket | undefined;
  /** Spans a second over all. A decision takes the one of the root. */
  readonly spanLimit?: TokenBucket | undefined;
  /** While there is less telemetry. */
  readonly restraint?: SamplingRestraint | undefined;
  /** Whether a route's own options, or a rule on routes, could change the answer. @default what the sampler says */
  readonly routeMatters?: (() => boolean) | undefined;
  /** Monotonic milliseconds; read only where something is limited by time. */
  readonly now: () => number;
  readonly counts: DecisionCounts;
  /** Counts, as `sampler`, a sampler that threw or gave no decision; and routes with an impossible ratio. */
  readonly faults: Tally;
}

/** Decides on one request or root span. Never throws. */
export type Decide = (facts: SamplingFacts) => Decision;

const disabled: Decision = Object.freeze({ sampled: false, reason: "disabled" });
const faulty: Decision = Object.freeze({ sampled: false, reason: "sampler-failed" });
const probe: Decision = Object.freeze({ sampled: false, reason: "probe" });
const restrained: Decision = Object.freeze({ sampled: false, reason: "restrained" });
const overValve: Decision = Object.freeze({ sampled: false, reason: "valve" });
const overSpanLimit: Decision = Object.freeze({ sampled: false, reason: "span-limit" });

/**
 * Puts the samplers in their order: traces off, a rule that ignores the parent, trusted parent, the route's own options, the first rule that
 * matches, default.
 *
 * What that leaves out is kept when it announces itself; what it lets in is held back for health checks, unless the parent, the route or a rule for
 * more than everything asked for it, and then by the valve and the limit of spans. Behind a valve or limit no threshold is told: not R alone decided.
 */
export function createDecide(settings: DecideSettings): Decide {
  if (!settings.traces) return () => disabled;
  const { counts, faults, dryRun, restraint } = settings;
  if (restraint?.isTotal === true) {
    return () => {
      counts.add(restrained);
      return restrained;
    };
  }
  const choice = new Choice(settings);
  return (facts) => {
    let decision: Decision;
    try {
      decision = choice.decide(facts);
    } catch {
      faults.add("sampler");
      decision = faulty;
    }
    counts.add(decision);
    if (dryRun !== undefined) dryRun.see(facts, decision);
    return decision;
  };
}

class Choice {
  readonly #settings: DecideSettings;
  readonly #tree: ParentBasedSampler;
  readonly #routeOptions: RouteOptionsSampler;
  readonly #routeMatters: () => boolean;
  readonly #isLimited: boolean;
  readonly #unestimated = new DecisionVariants((decision) => ({ ...decision, threshold: undefined }));
  readonly #beforeRoute = new DecisionVariants((decision) => ({ ...decision, reason: "before-route" }));
  /** Whether the decision under way is a rule's. */
  #isByRule = false;
  /** Whether it is one that ignores the caller's. */
  #ignoresParent = false;

  constructor(settings: DecideSettings) {
    const { sampler } = settings;
    this.#settings = settings;
    this.#tree = parentTree(sampler);
    this.#routeOptions = new RouteOptionsSampler(settings.faults);
    this.#routeMatters =
      settings.routeMatters ?? (() => sampler.usesRoute === true || settings.rules?.usesRoute === true);
    const { valve, spanLimit, restraint } = settings;
    this.#isLimited = valve !== undefined || spanLimit !== undefined || restraint !== undefined;
  }

  decide(facts: SamplingFacts): Decision {
    const { rules } = this.#settings;
    this.#isByRule = false;
    this.#ignoresParent = false;
    const decision =
      rules === undefined
        ? facts.parent === undefined
          ? this.#decideRoot(facts)
          : this.#checked(this.#tree.decide(facts))
        : this.#decideWith(rules, facts);
    if (decision.sampled) return this.#isLimited ? this.#limit(this.#restrain(decision, facts)) : decision;
    const { keep, now } = this.#settings;
    if (keep === undefined) return decision;
    const terms = rules?.someTerms === true ? rules.match(facts)?.rule.keep : undefined;
    if (!keep.isAnnounced(facts, terms)) return decision;
    return keep.keepAtStart(facts.route, now(), terms) ?? decision;
  }

  #decideRoot(facts: SamplingFacts): Decision {
    const own = this.#decideByRoute(facts);
    return own ?? this.#atRoot(this.#checked(this.#tree.decide(facts)), facts, false);
  }

  #decideWith(rules: RuleSet, facts: SamplingFacts): Decision {
    const hasParent = facts.parent !== undefined;
    let cell: RuleCell | undefined;
    if (rules.someIgnoreParent) {
      cell = rules.match(facts);
      if (cell?.rule.ignoreParent === true) return this.#decideByRule(cell, facts);
    }
    if (hasParent) return this.#checked(this.#tree.decide(facts));
    const own = this.#decideByRoute(facts);
    if (own !== undefined) return own;
    if (!rules.someIgnoreParent) cell = rules.match(facts);
    return cell === undefined
      ? this.#atRoot(this.#checked(this.#tree.decide(facts)), facts, false)
      : this.#decideByRule(cell, facts);
  }

  #decideByRule(cell: RuleCell, facts: SamplingFacts): Decision {
    const { root } = this.#tree;
    const decision = this.#checked(cell.decide(facts, root));
    this.#isByRule = cell.rule.isOwn;
    this.#ignoresParent = cell.rule.ignoreParent;
    return this.#atRoot(decision, facts, cell.rule.isExplicit);
  }

  #decideByRoute(facts: SamplingFacts): Decision | undefined {
    const { route } = facts;
    return route === undefined ? undefined : this.#routeOptions.decide(route, facts);
  }

  /** @param isExplicit whether it was meant for such requests, probes or not */
  #atRoot(made: Decision, facts: SamplingFacts, isExplicit: boolean): Decision {
    const decision = facts.routePending === true && this.#routeMatters() ? this.#beforeRoute.of(made) : made;
    if (!decision.sampled || isExplicit || this.#settings.traceProbes) return decision;
    return isProbe(facts.header("user-agent")) ? probe : decision;
  }

  /** What a user's sampler gave, if it is a decision. Of one that tells nonsense beside its yes or no, that alone is taken. */
  #checked(decision: Decision): Decision {
    if (typeof decision === "object" && decision !== null && typeof decision.sampled === "boolean") {
      if (isSound(decision)) return decision;
      this.#settings.faults.add("sampler");
      return decision.sampled ? soundYes : soundNo;
    }
    this.#settings.faults.add("sampler");
    return faulty;
  }

  /** A trusted caller's yes stays one: its trace has begun elsewhere. */
  #restrain(decision: Decision, facts: SamplingFacts): Decision {
    const { restraint } = this.#settings;
    if (restraint === undefined || (facts.parent?.sampled === true && !this.#ignoresParent)) return decision;
    return restraint.lower(decision, facts);
  }

  #limit(decision: Decision): Decision {
    if (!decision.sampled) return decision;
    const { valve, spanLimit, now } = this.#settings;
    const nowMs = now();
    if (spanLimit !== undefined && !spanLimit.take(1, nowMs)) return overSpanLimit;
    const isBehindValve = valve !== undefined && !(this.#isByRule && this.#settings.valveSparesRules === true);
    if (isBehindValve && !valve.take(1, nowMs)) return overValve;
    const isEstimated = spanLimit === undefined && !isBehindValve;
    return isEstimated || decision.threshold === undefined ? decision : this.#unestimated.of(decision);
  }
}

const soundYes: Decision = Object.freeze({ sampled: true, reason: "sampler" });
const soundNo: Decision = Object.freeze({ sampled: false, reason: "sampler" });

function isSound(decision: Decision): boolean {
  try {
    const { reason, rule, ratio, threshold } = decision;
    return (
      typeof reason === "string" &&
      (rule === undefined || typeof rule === "string") &&
      (ratio === undefined || typeof ratio === "number") &&
      (threshold === undefined || typeof threshold === "string")
    );
  } catch {
    return false;
  }
}
