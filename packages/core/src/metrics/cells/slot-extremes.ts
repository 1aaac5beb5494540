export interface Extremes {
  readonly lowest: number;
  readonly highest: number;
}

/** Of no values at all. */
export const noExtremes: Extremes = Object.freeze({ lowest: Infinity, highest: -Infinity });

/** The lowest and highest value of a series, for each reader of deltas since it took them. */
export class SlotExtremes {
  #all: Extremes = noExtremes;
  readonly #since: (Extremes | undefined)[] = [];

  /** Of all values that were added. */
  get all(): Extremes {
    return this.#all;
  }

  /** Adds what came since the time before. */
  add(extremes: Extremes): void {
    this.#all = joined(this.#all, extremes);
    for (const [slot, since] of this.#since.entries())
      if (since !== undefined) this.#since[slot] = joined(since, extremes);
  }

  /** Of the values since the reader in that slot took them; of all where it never did. */
  take(slot: number): Extremes {
    const since = this.#since[slot] ?? this.#all;
    this.#since[slot] = noExtremes;
    return since;
  }
}

function joined(one: Extremes, other: Extremes): Extremes {
  return { lowest: Math.min(one.lowest, other.lowest), highest: Math.max(one.highest, other.highest) };
}
