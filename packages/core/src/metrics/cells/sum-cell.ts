import type { Attributes } from "../../model/attributes.ts";
import type { NumberPoint } from "../../model/metric-data.ts";
import { ExemplarSlots, type OfferedExemplar } from "./exemplar-slots.ts";

/** The sum of one series. */
export class SumCell {
  readonly attributes: Attributes;
  /** An array, because a field that holds fractions would be boxed. */
  readonly #sum = new Float64Array(1);
  #isRecorded = false;
  /** The sum at the last delta, by the reader's slot. */
  readonly #taken: number[] = [];
  #exemplars: ExemplarSlots | undefined;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  record(value: number): void {
    this.#isRecorded = true;
    this.#sum[0]! += value;
  }

  offer(exemplar: OfferedExemplar): void {
    (this.#exemplars ??= new ExemplarSlots(1)).offer(0, exemplar);
  }

  /** The sum so far; or what it rose by since the last delta of the reader in that slot, undefined when it did not. */
  collect(slot: number | undefined): NumberPoint | undefined {
    if (!this.#isRecorded) return undefined;
    const sum = this.#sum[0]!;
    if (slot === undefined) return this.#point(sum);
    const value = sum - (this.#taken[slot] ?? 0);
    this.#taken[slot] = sum;
    return value === 0 ? undefined : this.#point(value);
  }

  #point(value: number): NumberPoint {
    const { attributes } = this;
    return this.#exemplars === undefined
      ? { attributes, value }
      : { attributes, value, exemplars: this.#exemplars.collect() };
  }
}
