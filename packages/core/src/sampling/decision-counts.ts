import type { Decision } from "../model/decision.ts";
import { Tally } from "../tally/tally.ts";

/** Decisions that are counted by identity. Samplers share theirs, so there are a few; those a user's sampler makes afresh go by label. */
const maxKnownDecisions = 256;

/**
 * Counts decisions by rule, or reason where no rule has a name, and by answer: `ratio:sampled`, `ratio:unsampled`.
 *
 * Adding allocates nothing for a decision that was seen before.
 */
export class DecisionCounts {
  readonly #cells = new Map<Decision, { count: number }>();
  readonly #others = new Tally();

  add(decision: Decision): void {
    const cell = this.#cells.get(decision);
    if (cell !== undefined) cell.count++;
    else if (this.#cells.size < maxKnownDecisions) this.#cells.set(decision, { count: 1 });
    else this.#others.add(labelOf(decision));
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
