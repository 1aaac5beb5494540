import type { Decision } from "../../model/sampling/decision.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";
import type { CheckedRule, SamplingRule } from "../../model/sampling/sampling-rule.ts";
import type { KeepSettings, Settings } from "../../options/settle/settings.ts";
import { alwaysOff, alwaysOn } from "../../sampling/samplers/always.ts";
import { createDecide, type Decide } from "../../sampling/decide.ts";
import { DecisionCounts } from "../../sampling/decision-counts.ts";
import type { DryRun } from "../../sampling/dry-run.ts";
import { KeepPolicy } from "../../sampling/keep/keep.ts";
import { parentBased } from "../../sampling/samplers/parent-based.ts";
import { ratio } from "../../sampling/samplers/ratio.ts";
import type { RuleSet } from "../../sampling/rules/rule-set.ts";
import { toSampler } from "../../sampling/samplers/to-sampler.ts";
import { type ChildSampling, childSampling } from "../../sampling/samplers/child-sampling.ts";
import { TokenBucket } from "../../sampling/threshold/token-bucket.ts";
import { Tally } from "../../tally/tally.ts";
import { type Restraint, reachesStep, unrestrained } from "../../model/governor/governor-steps.ts";
import { SamplingRestraint } from "../../sampling/threshold/sampling-restraint.ts";
import { compileRules, compileSampler, dryRunOf } from "./compile-rules.part.ts";
import type { CentralSampling } from "../central/central-sampling.ts";
import type { Tickets } from "../../sampling/tickets/tickets.ts";
import { wantedTicket } from "./tickets.part.ts";
import { type Central, changed, checkedChange, type Choices, isChosen, namedBy } from "./sampling-choices.ts";
import type { SamplingChange, SamplingControl, SamplingState, TicketRequest } from "./sampling-control.ts";

/** What decides from one change to the next: made as a whole, and replaced as a whole. */
interface InForce {
  readonly choices: Choices;
  readonly sampler: Sampler;
  readonly rules: RuleSet | undefined;
  readonly dryRun: DryRun | undefined;
  readonly restraint: SamplingRestraint | undefined;
  readonly decide: Decide;
}

export interface LiveSamplingParts {
  readonly settings: Settings;
  /** Known methods, `_OTHER` first. */
  readonly methods: readonly string[];
  readonly faults: Tally;
  /** Undefined where no secret is known. */
  readonly tickets?: Tickets | undefined;
}

/** Two for each of a thousand rules and of the operations of a central place, and the reasons. */
const maxLabels = 6_200;

/** Kept a second while there are no child spans. */
const keptOfRoots = 10;

const leftOut: Decision = Object.freeze({ sampled: false, reason: "trial" });

/** Everything that decides, and can be changed while it does. */
export class LiveSampling implements SamplingControl {
  /** Called when something else decides. */
  changed: () => void = () => {};
  readonly keep: KeepPolicy;
  readonly spanLimit: TokenBucket | undefined;
  readonly counts: DecisionCounts = new DecisionCounts(maxLabels);
  readonly keepDrops: Tally = new Tally(5_000);
  /** Decides on child spans one by one, where the default is tiered. Around it `parentBased` has them follow their parent. A field, as it is read for each. */
  readonly tiers: { inForce: ChildSampling | undefined };
  readonly #parts: LiveSamplingParts;
  readonly #valve: TokenBucket;
  /** By name, what the start or code said before a file took its place. */
  readonly #beneathFile = new Map<string, unknown>();
  #inForce: InForce;
  #restraint: Restraint = unrestrained;
  /** Whether nothing is traced, to see what tracing costs. */
  #isTrial = false;
  #decide: Decide;
  #revision = 0;
  #changedBy: SamplingState["changedBy"] = "start";

  /** @throws OptionError for rules that cannot be. */
  constructor(parts: LiveSamplingParts) {
    const { settings } = parts;
    const { maxSpansPerSecond, maxTracesPerSecond = 100, sampling } = settings;
    this.#parts = parts;
    this.spanLimit = maxSpansPerSecond === undefined ? undefined : new TokenBucket(maxSpansPerSecond);
    this.#valve = new TokenBucket(maxTracesPerSecond);
    this.keep = new KeepPolicy({ ...this.#keepSettings(settings.keep), spanLimit: this.spanLimit }, this.keepDrops);
    this.#inForce = this.#build({
      sampleRatio: sampling.kind === "custom" || sampling.kind === "described" ? undefined : sampling.ratio,
      sampler: sampling.description === undefined ? sampling.sampler : compileSampler(sampling.description),
      chosen: sampling.chosen,
      rules: settings.rules,
      keep: settings.keep,
      dryRun: settings.dryRun,
      central: undefined,
    });
    this.#decide = this.#inForce.decide;
    this.tiers = { inForce: childSampling(this.sampler) };
  }

  /** Decides on a request by what is in force. Never throws. */
  decide(facts: SamplingFacts): Decision {
    return this.#decide(facts);
  }

  /** What {@link LiveSampling.decide} asks, for whoever asks for each request: another one whenever {@link LiveSampling.changed} is called. */
  get deciding(): Decide {
    return this.#decide;
  }

  /** Leaves out all traces, or none any more: of what begins from now on. */
  leaveOut(isTrial: boolean): void {
    this.#isTrial = isTrial;
    this.keep.pause(isTrial);
    this.#decideAnew();
  }

  get isTrial(): boolean {
    return this.#isTrial;
  }

  /** How often it was changed by hand or by a file. */
  get revision(): number {
    return this.#revision;
  }

  /** Lets less be sampled and kept, or all again; what is chosen stays as it is. */
  restrain(restraint: Restraint): void {
    this.#restraint = restraint;
    const { choices } = this.#inForce;
    this.#inForce = this.#build(choices, this.#inForce);
    this.keep.change(this.#keepSettings(choices.keep));
    this.#decideAnew();
  }

  /** What becomes of ratios; undefined while nothing is held back. */
  get restraint(): SamplingRestraint | undefined {
    return this.#inForce.restraint;
  }

  /** The highest ratio that anything asks for. */
  get topRatio(): number {
    const { sampler, sampleRatio, rules } = this.#inForce.choices;
    return sampler === undefined && rules.length === 0 ? (sampleRatio ?? 1) : 1;
  }

  get sampler(): Sampler {
    return this.#inForce.sampler;
  }

  get rules(): RuleSet | undefined {
    return this.#inForce.rules;
  }

  get dryRun(): DryRun | undefined {
    return this.#inForce.dryRun;
  }

  get waitsForRoute(): boolean {
    const { sampler, rules } = this.#inForce;
    return sampler.usesRoute === true || rules?.usesRoute === true;
  }

  current(): SamplingState {
    return this.#stateOf(this.#inForce);
  }

  get choices(): Choices {
    return this.#inForce.choices;
  }

  /** What would be in force with such choices. Nothing is changed. @throws OptionError for some that cannot be */
  stateOf(choices: Choices): SamplingState {
    return this.#stateOf(this.#build(choices, this.#inForce));
  }

  update(change: SamplingChange): SamplingState {
    const checked = checkedChange(change);
    if (Object.keys(checked).length > 0) this.put(checked, "code");
    return this.current();
  }

  /** Puts a checked change in force. */
  put(checked: Partial<Choices>, changedBy: "code" | "page"): void {
    this.putInForce(changed(this.#inForce.choices, checked), changedBy);
    for (const name of namedBy(checked)) {
      if (this.#beneathFile.has(name)) this.#beneathFile.set(name, Reflect.get(this.#inForce.choices, name));
    }
  }

  ticket(request: TicketRequest = {}): string {
    return wantedTicket(request, this.#parts.tickets);
  }

  /** The same from a file: what it does not name any more is again what it was without it. */
  updateFromFile(change: unknown): void {
    const checked = checkedChange(change);
    const beneath = this.#withoutFile();
    this.putInForce(changed(beneath, checked), "file");
    this.#beneathFile.clear();
    for (const name of namedBy(checked)) this.#beneathFile.set(name, Reflect.get(beneath, name));
  }

  /** Puts what a central place says behind the service's own rules, and in the place of its ratio or sampler. */
  follow({ operations, otherwise, sampler, ratio: share }: CentralSampling, by: Central["by"]): void {
    const choices = by === "file" ? this.#withoutFile() : this.#inForce.choices;
    const rules = otherwise === undefined ? operations : [...operations, otherwise];
    const central: Central = { by, rules, default: { sampler, ratio: share } };
    this.putInForce({ ...choices, central }, by);
    if (by === "file") this.#beneathFile.clear();
  }

  #withoutFile(): Choices {
    const { choices } = this.#inForce;
    const beneath = { ...choices, ...Object.fromEntries(this.#beneathFile) };
    return choices.central?.by === "file" ? { ...beneath, central: undefined } : beneath;
  }

  #stateOf({ choices, sampler }: InForce): SamplingState {
    const { sampleRatio, rules, keep, dryRun, central } = choices;
    return {
      sampleRatio: central?.default === undefined ? sampleRatio : central.default.ratio,
      sampler: sampler.description,
      rules: givenRules(rules),
      centralRules: givenRules(central?.rules ?? []),
      keep: { ...keep },
      dryRun: givenRules(dryRun),
      revision: this.#revision,
      changedBy: this.#changedBy,
    };
  }

  /** Puts choices in force as they are. @throws OptionError for some that cannot be, and nothing is changed */
  putInForce(next: Choices, changedBy: SamplingState["changedBy"]): void {
    // Whatever is wrong throws here, before anything is replaced.
    const before = this.#inForce;
    const made = this.#build(next, before);
    this.#inForce = made;
    this.tiers.inForce = childSampling(made.sampler);
    this.keep.change(this.#keepSettings(next.keep));
    this.#revision++;
    this.#changedBy = changedBy;
    this.#decideAnew();
  }

  /** What did not change goes on where it was: a dry run with its counts, an adaptive sampler with its ratio. */
  #build(choices: Choices, before?: InForce): InForce {
    const { settings, faults } = this.#parts;
    const isSame = (...names: (keyof Choices)[]): boolean =>
      before !== undefined && names.every((name) => before.choices[name] === choices[name]);
    const sampler = isSame("sampleRatio", "sampler", "central") ? before!.sampler : this.#samplerOf(choices);
    const rules = isSame("rules", "keep", "central")
      ? before!.rules
      : this.#ruleSet("rules", choices.rules, choices.keep, choices.central?.rules);
    const dryRules = this.#ruleSet("dryRun", choices.dryRun, choices.keep);
    const { traceProbes, clock, overhead } = settings;
    const restraint =
      overhead !== undefined && (reachesStep(this.#restraint.step, "ratio") || this.#restraint.ratioFactor < 1)
        ? new SamplingRestraint(this.#restraint, overhead.minRatio)
        : undefined;
    const dryRun =
      dryRules === undefined
        ? undefined
        : isSame("dryRun") && before!.dryRun !== undefined && before!.sampler === sampler
          ? before!.dryRun
          : dryRunOf({ rules: dryRules, sampler, traceProbes, faults });
    const decide = createDecide({
      traces: settings.enabled && settings.traces,
      sampler,
      rules,
      dryRun,
      traceProbes,
      keep: this.keep,
      valve: isChosen(choices) && !settings.valveGiven ? undefined : this.#valve,
      valveSparesRules: !settings.valveGiven,
      spanLimit: this.spanLimit,
      restraint,
      // An exchange says that its route is pending only where that matters.
      routeMatters: () => true,
      now: () => clock.now(),
      counts: this.counts,
      faults,
    });
    return { choices, sampler, rules, dryRun, restraint, decide };
  }

  /** Whoever keeps what decides is told of every change, whatever it came from. */
  #decideAnew(): void {
    const { enabled, traces } = this.#parts.settings;
    this.#decide = this.#isTrial && enabled && traces ? () => this.#leaveOut() : this.#inForce.decide;
    this.changed();
  }

  #leaveOut(): Decision {
    this.counts.add(leftOut);
    return leftOut;
  }

  #keepSettings(keep: KeepSettings): KeepSettings {
    const { enabled, traces } = this.#parts.settings;
    const { step } = this.#restraint;
    const most =
      enabled && traces && !reachesStep(step, "metrics") ? (reachesStep(step, "roots") ? keptOfRoots : Infinity) : 0;
    return { ...keep, maxPerSecond: Math.min(keep.maxPerSecond, most) };
  }

  #ruleSet(
    option: string,
    list: readonly CheckedRule[],
    keep: KeepSettings,
    behind: readonly CheckedRule[] = [],
  ): RuleSet | undefined {
    if (list.length + behind.length === 0) return undefined;
    return compileRules(option, list, { methods: this.#parts.methods, keep }, behind);
  }

  #samplerOf({ sampleRatio, sampler, central }: Choices): Sampler {
    const { sampling } = this.#parts.settings;
    if (central?.default !== undefined) return this.#behindParents(central.default.sampler);
    if (sampler !== undefined) return toSampler(sampler);
    const share = sampleRatio ?? sampling.ratio;
    const isAsAtStart = share === sampling.ratio;
    const root =
      isAsAtStart && sampling.kind === "always_on"
        ? alwaysOn()
        : isAsAtStart && sampling.kind === "always_off"
          ? alwaysOff()
          : ratio(share);
    return this.#behindParents(root);
  }

  #behindParents(root: Sampler): Sampler {
    const { parentBased: follows, kind } = this.#parts.settings.sampling;
    return parentBased(follows || kind === "custom" ? { root } : { root, remoteSampled: root, remoteNotSampled: root });
  }
}

/** Checked rules are rules: with durations in ms and shares as numbers. */
function givenRules(list: readonly CheckedRule[]): readonly SamplingRule[] {
  return list.map((rule) => ({ ...rule }) as SamplingRule);
}
