import type { Decision } from "../model/sampling/decision.ts";
import type { Tally } from "../tally/tally.ts";
import { DecisionCounts } from "./decision-counts.ts";
import { isProbe } from "./probes.ts";
import { RouteOptionsSampler } from "./route-options.ts";
import type { RuleSet } from "./rules/rule-set.ts";
import type { Sampler, SamplingFacts } from "../model/sampling/sampler.ts";

export interface DryRunSettings {
  readonly rules: RuleSet;
  /** The default that is in force. It is asked for its chance alone, so that it spends nothing. */
  readonly sampler: Sampler;
  readonly traceProbes: boolean;
  /** Counts, as `dry-run`, what threw. */
  readonly faults: Tally;
}

/** What two sets of rules said of the same requests, since the dry run began. */
export interface DryRunReport {
  /** What happened, by rule or reason and answer. */
  readonly live: Readonly<Record<string, number>>;
  /** What would have happened. */
  readonly dryRun: Readonly<Record<string, number>>;
  readonly both: number;
  readonly onlyLive: number;
  readonly onlyDryRun: number;
  readonly neither: number;
}

const probe: Decision = Object.freeze({ sampled: false, reason: "probe" });
const followed: Decision = Object.freeze({ sampled: true, reason: "parent" });
const notFollowed: Decision = Object.freeze({ sampled: false, reason: "parent" });

/** Counts what another set of rules would have decided on live traffic, with the same R, caps and floors of its own, and no effect. */
export class DryRun {
  readonly #settings: DryRunSettings;
  readonly #routeOptions: RouteOptionsSampler;
  readonly #byDefault: Sampler;
  readonly #live = new DecisionCounts();
  readonly #dry = new DecisionCounts();
  #both = 0;
  #onlyLive = 0;
  #onlyDry = 0;
  #neither = 0;

  constructor(settings: DryRunSettings) {
    this.#settings = settings;
    this.#routeOptions = new RouteOptionsSampler(settings.faults);
    this.#byDefault = byChance(settings.sampler);
  }

  /** Looks at a request that was decided. Never throws. */
  see(facts: SamplingFacts, live: Decision): void {
    let dry: Decision;
    try {
      dry = this.#decide(facts);
      this.#dry.add(dry);
    } catch {
      this.#settings.faults.add("dry-run");
      return;
    }
    this.#live.add(live);
    if (live.sampled) {
      if (dry.sampled) this.#both++;
      else this.#onlyLive++;
    } else if (dry.sampled) this.#onlyDry++;
    else this.#neither++;
  }

  report(): DryRunReport {
    return {
      live: this.#live.snapshot(),
      dryRun: this.#dry.snapshot(),
      both: this.#both,
      onlyLive: this.#onlyLive,
      onlyDryRun: this.#onlyDry,
      neither: this.#neither,
    };
  }

  #decide(facts: SamplingFacts): Decision {
    const { rules, traceProbes } = this.#settings;
    const cell = rules.match(facts);
    const { parent, route } = facts;
    if (cell?.rule.ignoreParent !== true) {
      if (parent !== undefined) return parent.sampled ? followed : notFollowed;
      const own = route === undefined ? undefined : this.#routeOptions.decide(route, facts);
      if (own !== undefined) return own;
    }
    const decision = cell?.decide(facts, this.#byDefault) ?? this.#byDefault.decide(facts);
    if (!decision.sampled || traceProbes || cell?.rule.isExplicit === true) return decision;
    return isProbe(facts.header("user-agent")) ? probe : decision;
  }
}

/** The default as a chance on R: it has no threshold to tell, and where it cannot tell its chance it counts as unknown. */
function byChance(sampler: Sampler): Sampler {
  const yes: Decision = Object.freeze({ sampled: true, reason: "default" });
  const no: Decision = Object.freeze({ sampled: false, reason: "default" });
  const unknown: Decision = Object.freeze({ sampled: false, reason: "default-unknown" });
  return {
    description: sampler.description,
    decide(facts) {
      const chance = sampler.chance?.(facts);
      if (chance === undefined) return unknown;
      const place = (facts.randomHigh * 2 ** 32 + (facts.randomLow >>> 0)) / 2 ** 56;
      return place >= 1 - chance ? yes : no;
    },
  };
}
