import type { Clock } from "../../model/clock.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import { whenRejected } from "../../model/foreign/when-rejected.ts";
import type {
  OptimizerChange,
  OptimizerReport,
  Proposal,
  Tuning,
  WindowFigures,
} from "../../model/governor/optimizer-facts.ts";
import { Tally } from "../../tally/tally.ts";
import type { NamedRule } from "./optimizer-rules.ts";
import { isProposal, tunedBy } from "./proposals.ts";

export interface OptimizerParts {
  readonly rules: readonly NamedRule[];
  /** What the options say. */
  readonly chosen: Tuning;
  /** No ratio is multiplied by less. */
  readonly minRatio: number;
  /** How many exporters there are. */
  readonly exporters: number;
  /** What was measured since the call before. */
  readonly takeFigures: () => WindowFigures;
  /** Whether somebody else holds telemetry back, so that nothing is proposed. */
  readonly isPaused: () => boolean;
  /** Lets a tuning hold. */
  readonly apply: (tuning: Tuning) => void;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Counts, as `overhead`, rules that throw or answer what is no proposal. */
  readonly faults: Tally;
}

/** A change that makes its figure more than that much worse is undone. */
const maxLoss = 0.05;
/** So long a rule waits whose change was undone. */
const restMs = 3_600_000;
const maxChanges = 200;

/**
 * Asks rules once a window what to change, lets one change hold, and judges it one window later by the figure that it named: what made that worse is
 * undone. One change at a time, so that what a window shows came of that change. Holds no timer.
 */
export class Optimizer {
  readonly #parts: OptimizerParts;
  readonly #changes: OptimizerChange[] = [];
  /** By name, until when. */
  readonly #resting = new Map<string, number>();
  readonly #complained = new Set<string>();
  /** By `rule:outcome`. */
  readonly outcomes: Tally = new Tally();
  /** What the last change of each rule that could be judged brought. */
  readonly gains: Map<string, number> = new Map();
  #tuning: Tuning;
  #last: WindowFigures | undefined = undefined;
  /** The newest change, as long as it is not judged. */
  #pending: OptimizerChange | undefined = undefined;
  /** The rule that is asked first: the one behind that which was heard last. */
  #next = 0;

  constructor(parts: OptimizerParts) {
    this.#parts = parts;
    this.#tuning = parts.chosen;
  }

  get tuning(): Tuning {
    return this.#tuning;
  }

  /** A window is over. Never throws. */
  endWindow(): void {
    const { takeFigures, isPaused, faults } = this.#parts;
    try {
      // Rules see it, and what holds: it is theirs to read alone.
      const figures = Object.freeze(takeFigures());
      const wasUndone = this.#judge(figures);
      // What was measured under a change that is undone says nothing of what holds now.
      if (!wasUndone && !isPaused()) this.#askRules(figures);
      this.#last = wasUndone ? undefined : figures;
    } catch {
      faults.add("overhead");
    }
  }

  report(): OptimizerReport {
    return { tuning: this.#tuning, changes: [...this.#changes], resting: [...this.#resting.keys()] };
  }

  /** Answers whether the change of the last window is undone. */
  #judge(figures: WindowFigures): boolean {
    const change = this.#pending;
    if (change === undefined) return false;
    this.#pending = undefined;
    const { rule, figure, before, from } = change;
    const after = numberOf(figures[figure]);
    const gain = after === undefined ? undefined : gainOf(before, after);
    const isUndone = gain === undefined || gain < -maxLoss;
    this.#changes[this.#changes.length - 1] = Object.freeze({ ...change, after, gain, isUndone });
    if (gain !== undefined) this.gains.set(rule, gain);
    if (!isUndone) return false;
    this.outcomes.add(`${rule}:undone`);
    this.#resting.set(rule, this.#parts.clock.now() + restMs);
    this.#hold(from);
    const why = after === undefined ? "could not be measured" : `from ${short(before)} to ${short(after)}`;
    this.#parts.diagnostics.info(
      `the optimizer's rule "${rule}" was undone and is paused for an hour: ${figure} ${why}`,
      "GSM_OPTIMIZER_UNDONE",
    );
    return true;
  }

  #askRules(figures: WindowFigures): void {
    const { rules, clock } = this.#parts;
    const nowMs = clock.now();
    for (let i = 0; i < rules.length; i++) {
      const place = (this.#next + i) % rules.length;
      const { name } = rules[place]!;
      if ((this.#resting.get(name) ?? -Infinity) > nowMs) continue;
      this.#resting.delete(name);
      const proposal = this.#ask(rules[place]!, figures);
      if (proposal === undefined || !this.#change(name, proposal, figures)) continue;
      this.#next = place + 1;
      return;
    }
  }

  /** Whatever a rule does is its owner's affair: it is counted, and said once. */
  #ask({ name, rule }: NamedRule, now: WindowFigures): Proposal | undefined {
    const { chosen, exporters } = this.#parts;
    try {
      const answer: unknown = rule({ now, last: this.#last, tuning: this.#tuning, chosen, exporters });
      if (answer === undefined || answer === null) return undefined;
      whenRejected(answer, () => {});
      // A copy: what is read of it twice is the same.
      const copy: unknown = typeof answer === "object" ? { ...answer } : answer;
      if (isProposal(copy)) return copy;
    } catch {
      // Counted below.
    }
    const { faults, diagnostics } = this.#parts;
    faults.add("overhead");
    if (!this.#complained.has(name)) {
      this.#complained.add(name);
      diagnostics.warn(
        `the optimizer's rule "${name}" throws or returns no proposal; it is counted as a fault`,
        "GSM_OPTIMIZER_RULE",
      );
    }
    return undefined;
  }

  /** False for what would change nothing, and for what could not be judged. */
  #change(rule: string, proposal: Proposal, figures: WindowFigures): boolean {
    const { clock, diagnostics } = this.#parts;
    const { figure, reason } = proposal;
    const before = numberOf(figures[figure]);
    const from = this.#tuning;
    const to = tunedBy(proposal, from, this.#parts);
    if (before === undefined || to === undefined) return false;
    const at = clock.epochMs(clock.now());
    const change = Object.freeze({ at, rule, reason, from, to, figure, before, isUndone: false });
    this.#hold(to);
    this.#pending = change;
    this.#changes.push(change);
    if (this.#changes.length > maxChanges) this.#changes.shift();
    this.outcomes.add(`${rule}:made`);
    const moved = Object.entries(to).filter(([name, value]) => value !== from[name as keyof Tuning]);
    const words = moved.map(
      ([name, value]) => `${name} ${short(from[name as keyof Tuning])} → ${short(Number(value))}`,
    );
    diagnostics.info(`the optimizer's rule "${rule}" sets ${words.join(", ")}: ${reason}`, "GSM_OPTIMIZER_CHANGE");
    return true;
  }

  #hold(tuning: Tuning): void {
    this.#tuning = tuning;
    this.#parts.apply(tuning);
  }
}

/** What rose from nothing is as bad as what doubled. */
function gainOf(before: number, after: number): number {
  if (before > 0) return (before - after) / before;
  return after > 0 ? -1 : 0;
}

function numberOf(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
