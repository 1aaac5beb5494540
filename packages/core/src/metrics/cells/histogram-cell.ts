import type { Attributes } from "../../model/attributes.ts";
import type { HistogramPoint } from "../../model/metric-data.ts";
import { ExemplarSlots, type OfferedExemplar } from "./exemplar-slots.ts";
import { Reservoir } from "./reservoir.ts";
import { noExtremes, SlotExtremes } from "./slot-extremes.ts";
import type { BucketSearch } from "./bucket-search.ts";

/** Places in the numbers of a cell, before those of the buckets. The lowest and highest are of the values since anybody's last delta. */
const sumAt = 0;
const lowestAt = 1;
const highestAt = 2;
const bucketsAt = 3;

/** What the last delta of one reader left behind. */
interface Taken {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** The histogram of one series. All its room is taken when it is made; recording raises numbers in place. */
export class HistogramCell {
  readonly attributes: Attributes;
  readonly #search: BucketSearch;
  /** One array of doubles: fields that hold fractions would be boxed, which costs as much again as all the rest. */
  readonly #numbers: Float64Array;
  /** By the reader's slot. */
  readonly #taken: (Taken | undefined)[] = [];
  /** Of the values before anybody's last delta. */
  #extremes: SlotExtremes | undefined;
  #exemplars: ExemplarSlots | undefined;
  #reservoir: Reservoir | undefined = undefined;

  constructor(attributes: Attributes, search: BucketSearch) {
    this.attributes = attributes;
    this.#search = search;
    this.#numbers = new Float64Array(bucketsAt + search.buckets);
    this.#numbers[lowestAt] = Infinity;
    this.#numbers[highestAt] = -Infinity;
    if (search.samples !== undefined) this.#keepSamples(search.samples.random);
  }

  get count(): number {
    return this.#counts().reduce((sum, count) => sum + count, 0);
  }

  /** Counts a value; one that is negative or not a number counts as 0. */
  record(value: number): void {
    this.recordSigned(value >= 0 ? value : 0);
  }

  /** Counts a value, also a negative one; it is a number. */
  protected recordSigned(seen: number): void {
    const numbers = this.#numbers;
    numbers[bucketsAt + this.#search.find(seen)]!++;
    numbers[sumAt]! += seen;
    if (seen < numbers[lowestAt]!) numbers[lowestAt] = seen;
    if (seen > numbers[highestAt]!) numbers[highestAt] = seen;
  }

  /** Only a cell that keeps values pays for it: its own way to record takes the place of the usual one. */
  #keepSamples(random: () => number): void {
    const reservoir = new Reservoir(random);
    const record = this.record.bind(this);
    this.#reservoir = reservoir;
    this.record = (value) => {
      record(value);
      reservoir.add(value);
    };
  }

  /** Whether the example of a value's bucket is none or an old one, at that time since 1970. */
  wantsExample(value: number, timeMs: number): boolean {
    return this.#exemplars === undefined || this.#exemplars.isOld(this.#search.find(value), timeMs);
  }

  /** Takes a value that was recorded as the example of its bucket. */
  offer(exemplar: OfferedExemplar): void {
    this.#exemplars ??= new ExemplarSlots(this.#search.buckets);
    this.#exemplars.offer(this.#search.find(exemplar.value), exemplar);
  }

  /** The values so far, or those since the last delta of the reader in that slot; undefined when there are none. */
  collect(slot: number | undefined): HistogramPoint | undefined {
    const told = slot === undefined ? this.#cumulative() : this.#delta(slot);
    if (told === undefined) return told;
    const samples = slot === this.#search.samples?.slot ? this.#reservoir?.take() : undefined;
    if (samples === undefined && this.#exemplars === undefined) return told;
    return { ...told, samples, exemplars: this.#exemplars?.collect() };
  }

  #cumulative(): HistogramPoint | undefined {
    const numbers = this.#numbers;
    const { lowest, highest } = this.#extremes?.all ?? noExtremes;
    const min = Math.min(numbers[lowestAt]!, lowest);
    const max = Math.max(numbers[highestAt]!, highest);
    return point(this.attributes, this.#counts(), numbers[sumAt]!, min, max);
  }

  #delta(slot: number): HistogramPoint | undefined {
    const numbers = this.#numbers;
    this.#extremes ??= new SlotExtremes();
    this.#extremes.add({ lowest: numbers[lowestAt]!, highest: numbers[highestAt]! });
    numbers[lowestAt] = Infinity;
    numbers[highestAt] = -Infinity;
    const { lowest, highest } = this.#extremes.take(slot);
    const counts = this.#counts();
    const sum = numbers[sumAt]!;
    const last = this.#taken[slot];
    this.#taken[slot] = { counts, sum };
    if (last === undefined) return point(this.attributes, counts, sum, lowest, highest);
    const rises = counts.map((count, bucket) => count - last.counts[bucket]!);
    return point(this.attributes, rises, sum - last.sum, lowest, highest);
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

/** A histogram of values that may be negative. */
export class SignedHistogramCell extends HistogramCell {
  override record(value: number): void {
    this.recordSigned(value);
  }
}
