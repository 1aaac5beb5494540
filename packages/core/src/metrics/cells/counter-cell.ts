import type { Attributes } from "../../model/attributes.ts";
import type { NumberPoint } from "../../model/metric-data.ts";

/** The count of one series. */
export class CounterCell {
  readonly attributes: Attributes;
  #count = 0;
  /** The count at the last delta, by the reader's slot. */
  readonly #taken: number[] = [];

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count++;
  }

  /** The count so far, or since the last delta of the reader in that slot; undefined when it is 0. */
  collect(slot: number | undefined): NumberPoint | undefined {
    let value = this.#count;
    if (slot !== undefined) {
      value -= this.#taken[slot] ?? 0;
      this.#taken[slot] = this.#count;
    }
    return value === 0 ? undefined : { attributes: this.attributes, value };
  }
}
