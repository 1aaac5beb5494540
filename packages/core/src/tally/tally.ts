/**
 * Plain counters by label, for events that are rare enough for a map: drops by reason, decisions by rule.
 *
 * Holds at most `limit` labels; what comes after counts as `other`.
 */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #limit: number;

  constructor(limit = 200) {
    this.#limit = limit;
  }

  add(label: string, count = 1): void {
    const before = this.#counts.get(label);
    if (before !== undefined) this.#counts.set(label, before + count);
    else if (this.#counts.size < this.#limit) this.#counts.set(label, count);
    else this.#counts.set("other", (this.#counts.get("other") ?? 0) + count);
  }

  get(label: string): number {
    return this.#counts.get(label) ?? 0;
  }

  get total(): number {
    let sum = 0;
    for (const count of this.#counts.values()) sum += count;
    return sum;
  }

  /** A copy, labels in the order they were first counted. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
