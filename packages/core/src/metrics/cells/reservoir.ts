/** Where values themselves are kept beside their buckets. */
export interface SampleSettings {
  /** The reader of deltas that they are for, by its slot. */
  readonly slot: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const room = 64;

/**
 * At most 64 of the values since it was emptied, each as likely to be among them as any other.
 *
 * Source: J. Vitter, "Random sampling with a reservoir" (1985), algorithm R
 */
export class Reservoir {
  readonly #random: () => number;
  #values: number[] = [];
  #seen = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(value: number): void {
    this.#seen++;
    if (this.#values.length < room) this.#values.push(value);
    else {
      const place = Math.floor(this.#random() * this.#seen);
      if (place < room) this.#values[place] = value;
    }
  }

  take(): readonly number[] {
    const values = this.#values;
    this.#values = [];
    this.#seen = 0;
    return values;
  }
}
