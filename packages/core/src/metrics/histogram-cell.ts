import type { Attributes } from "../model/attributes.ts";
import type { HistogramPoint, Temporality } from "../model/metric-data.ts";
import type { BucketSearch } from "./bucket-search.ts";

/** Places in the numbers of a cell, before those of the buckets. The lowest and highest are of the values since the last delta. */
const sumAt = 0;
const lowestAt = 1;
const highestAt = 2;
const bucketsAt = 3;

/** What the last delta left behind. */
interface Taken {
  readonly counts: number[];
  sum: number;
  lowest: number;
  highest: number;
}

/**
 * The histogram of one series. All its room is taken when it is made; recording raises numbers in place.
 *
 * Holds one "since the collection before": only one reader may collect deltas.
 */
export class HistogramCell {
  readonly attributes: Attributes;
  readonly #search: BucketSearch;
  /** One array of doubles: fields that hold fractions would be boxed, which costs as much again as all the rest. */
  readonly #numbers: Float64Array;
  #taken: Taken | undefined;

  constructor(attributes: Attributes, search: BucketSearch) {
    this.attributes = attributes;
    this.#search = search;
    this.#numbers = new Float64Array(bucketsAt + search.buckets);
    this.#numbers[lowestAt] = Infinity;
    this.#numbers[highestAt] = -Infinity;
  }

  get count(): number {
    return this.#counts().reduce((sum, count) => sum + count, 0);
  }

  /** Counts a value; one that is negative or not a number counts as 0. */
  record(value: number): void {
    const seen = value >= 0 ? value : 0;
    const numbers = this.#numbers;
    numbers[bucketsAt + this.#search.find(seen)]!++;
    numbers[sumAt]! += seen;
    if (seen < numbers[lowestAt]!) numbers[lowestAt] = seen;
    if (seen > numbers[highestAt]!) numbers[highestAt] = seen;
  }

  /** The values so far, or those since the last delta; undefined when there are none. */
  collect(temporality: Temporality): HistogramPoint | undefined {
    return temporality === "delta" ? this.#delta() : this.#cumulative();
  }

  #cumulative(): HistogramPoint | undefined {
    const numbers = this.#numbers;
    const counts = this.#counts();
    const min = Math.min(numbers[lowestAt]!, this.#taken?.lowest ?? Infinity);
    const max = Math.max(numbers[highestAt]!, this.#taken?.highest ?? -Infinity);
    return point(this.attributes, counts, numbers[sumAt]!, min, max);
  }

  #delta(): HistogramPoint | undefined {
    const numbers = this.#numbers;
    const counts = this.#counts();
    const sum = numbers[sumAt]!;
    const min = numbers[lowestAt]!;
    const max = numbers[highestAt]!;
    const before = this.#taken;
    this.#taken = {
      counts,
      sum,
      lowest: Math.min(min, before?.lowest ?? Infinity),
      highest: Math.max(max, before?.highest ?? -Infinity),
    };
    numbers[lowestAt] = Infinity;
    numbers[highestAt] = -Infinity;
    if (before === undefined) return point(this.attributes, counts, sum, min, max);
    const rises = counts.map((count, bucket) => count - before.counts[bucket]!);
    return point(this.attributes, rises, sum - before.sum, min, max);
  }

  #counts(): number[] {
    return Array.from(this.#numbers.subarray(bucketsAt));
  }
}

function point(
  attributes: Attributes,
  counts: readonly number[],
  sum: number,
  min: number,
  max: number,
): HistogramPoint | undefined {
  const count = counts.reduce((total, bucket) => total + bucket, 0);
  return count === 0 ? undefined : { attributes, count, sum, min, max, counts };
}
