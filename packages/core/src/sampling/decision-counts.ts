import type { Decision } from "../model/sampling/decision.ts";

/** Decisions whose count is found at once. Samplers share theirs, so there are few; those that a user's sampler makes afresh go by label. */
const maxKnownDecisions = 4_096;
const otherRule = "other";

/** How often one rule, or reason where no rule has a name, gave one answer. */
export interface DecisionCount {
  readonly rule: string;
  readonly sampled: boolean;
  readonly count: number;
}

interface Cell {
  readonly rule: string;
  readonly sampled: boolean;
  count: number;
}

/**
 * Counts decisions by rule, or reason where no rule has a name, and by answer: `ratio:sampled`, `ratio:unsampled`. One that was made before the
 * route was known counts as `before-route`.
 *
 * Adding allocates nothing for a decision that was seen before.
 */
export class DecisionCounts {
  readonly #known = new Map<Decision, Cell>();
  readonly #cells = new Map<string, Cell>();
  readonly #maxLabels: number;
  #lastDecision: Decision | undefined = undefined;
  #lastCell: Cell | undefined = undefined;

  /** @param maxLabels what comes after them counts as `other`. */
  constructor(maxLabels = 200) {
    this.#maxLabels = maxLabels;
  }

  add(decision: Decision): void {
    const cell =
      decision === this.#lastDecision && this.#lastCell !== undefined ? this.#lastCell : this.#cellOf(decision);
    cell.count++;
  }

  /** Most decisions are the one before. */
  #cellOf(decision: Decision): Cell {
    let cell = this.#known.get(decision);
    if (cell === undefined) {
      cell = this.#labelled(decision);
      if (this.#known.size >= maxKnownDecisions) return cell;
      this.#known.set(decision, cell);
    }
    this.#lastDecision = decision;
    this.#lastCell = cell;
    return cell;
  }

  #labelled({ rule: named, reason, sampled }: Decision): Cell {
    const asked = String(reason === "before-route" ? reason : (named ?? reason));
    const isKnown = this.#cells.has(labelOf(asked, sampled)) || this.#cells.size < this.#maxLabels - 2;
    const rule = isKnown ? asked : otherRule;
    const label = labelOf(rule, sampled);
    let cell = this.#cells.get(label);
    if (cell === undefined) {
      cell = { rule, sampled, count: 0 };
      this.#cells.set(label, cell);
    }
    return cell;
  }

  /** The counts one by one. */
  entries(): readonly DecisionCount[] {
    return [...this.#cells.values()].filter(({ count }) => count > 0).map((cell) => ({ ...cell }));
  }

  /** How many were sampled. */
  sampled(): number {
    let sum = 0;
    for (const cell of this.#cells.values()) if (cell.sampled) sum += cell.count;
    return sum;
  }

  /** The counts by label: a copy. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.entries().map(({ rule, sampled, count }) => [labelOf(rule, sampled), count]));
  }
}

function labelOf(rule: string, sampled: boolean): string {
  return `${rule}:${sampled ? "sampled" : "unsampled"}`;
}
