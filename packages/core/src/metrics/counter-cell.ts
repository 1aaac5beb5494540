import type { Attributes } from "../model/attributes.ts";
import type { NumberPoint, Temporality } from "../model/metric-data.ts";

/** The count of one series. Like a histogram's cell it serves one reader of deltas. */
export class CounterCell {
  readonly attributes: Attributes;
  #count = 0;
  #taken = 0;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count++;
  }

  /** The count so far, or since the last delta; undefined when it is 0. */
  collect(temporality: Temporality): NumberPoint | undefined {
    if (temporality === "cumulative")
      return this.#count === 0 ? undefined : { attributes: this.attributes, value: this.#count };
    const value = this.#count - this.#taken;
    this.#taken = this.#count;
    return value === 0 ? undefined : { attributes: this.attributes, value };
  }
}
