import type { Attributes } from "../../model/attributes.ts";
import type { NumberPoint } from "../../model/metric-data.ts";

/** The last value of one series. */
export class LastValueCell {
  readonly attributes: Attributes;
  readonly #value = new Float64Array(1);
  #records = 0;
  /** How many values there had been at the last delta, by the reader's slot. */
  readonly #taken: number[] = [];

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  record(value: number): void {
    this.#records++;
    this.#value[0] = value;
  }

  /** The last value is its own example. */
  offer(): void {}

  /** The last value; undefined when there is none, or none since the reader in that slot took it. */
  collect(slot: number | undefined): NumberPoint | undefined {
    if (this.#records === 0) return undefined;
    if (slot !== undefined) {
      if (this.#taken[slot] === this.#records) return undefined;
      this.#taken[slot] = this.#records;
    }
    return { attributes: this.attributes, value: this.#value[0]! };
  }
}
