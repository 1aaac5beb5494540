import type { Decision } from "../model/decision.ts";
import { Tally } from "../tally/tally.ts";

/** Decisions that are counted by identity. Samplers share theirs, so there are a few; those a user's sampler makes afresh go by label. */
const maxKnownDecisions = 256;

interface Cell {
  count: number;
}

/**
 * Counts decisions by rule, or reason where no rule has a name, and by answer: `ratio:sampled`, `ratio:unsampled`.
 *
 * Adding allocates nothing for a decision that was seen before.
 */
export class DecisionCounts {
  readonly #cells = new Map<Decision, Cell>();
  readonly #others = new Tally();
  #lastDecision: Decision | undefined = undefined;
  #lastCell: Cell | undefined = undefined;

  add(decision: Decision): void {
    const cell = decision === this.#lastDecision ? this.#lastCell : this.#cellOf(decision);
    if (cell !== undefined) cell.count++;
    else this.#others.add(labelOf(decision));
  }

  /** Most decisions are the one before. */
  #cellOf(decision: Decision): Cell | undefined {
    let cell = this.#cells.get(decision);
    if (cell === undefined && this.#cells.size < maxKnownDecisions) {
      cell = { count: 0 };
      this.#cells.set(decision, cell);
    }
    this.#lastDecision = cell === undefined ? undefined : decision;
    this.#lastCell = cell;
    return cell;
  }

  /** The counts by label: a copy, at most 200 labels and `other`. */
  snapshot(): Record<string, number> {
    const counts = new Tally();
    for (const [decision, { count }] of this.#cells) counts.add(labelOf(decision), count);
    for (const [label, count] of Object.entries(this.#others.snapshot())) counts.add(label, count);
    return counts.snapshot();
  }
}

function labelOf({ rule, reason, sampled }: Decision): string {
  return `${rule ?? reason}:${sampled ? "sampled" : "unsampled"}`;
}
