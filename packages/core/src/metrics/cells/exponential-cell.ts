import type { Attributes } from "../../model/attributes.ts";
import type { ExponentialPoint } from "../../model/metric-data.ts";
import { ExemplarSlots, type OfferedExemplar } from "./exemplar-slots.ts";
import { bucketIndex, ExponentialBuckets } from "./exponential-buckets.ts";
import { SlotExtremes } from "./slot-extremes.ts";

/** The finest buckets there are, and how many a side has at most. Source: OpenTelemetry specification, base2 exponential histogram aggregation. */
const maxScale = 20;
const maxBuckets = 160;

/** What was counted at some moment. */
interface Counted {
  readonly scale: number;
  readonly count: number;
  readonly sum: number;
  readonly zeros: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

/** The distribution of one series in buckets that grow with the values: as fine as 160 of them allow for what has come so far. */
export class ExponentialCell {
  readonly attributes: Attributes;
  readonly #positive = new ExponentialBuckets();
  readonly #negative = new ExponentialBuckets();
  readonly #extremes = new SlotExtremes();
  /** By the reader's slot. */
  readonly #taken: (Counted | undefined)[] = [];
  #scale = maxScale;
  #count = 0;
  #sum = 0;
  #zeros = 0;
  #lowest = Infinity;
  #highest = -Infinity;
  #exemplars: ExemplarSlots | undefined;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  record(value: number): void {
    this.#count++;
    this.#sum += value;
    if (value < this.#lowest) this.#lowest = value;
    if (value > this.#highest) this.#highest = value;
    if (value === 0) this.#zeros++;
    else if (value > 0) this.#put(this.#positive, value);
    else this.#put(this.#negative, -value);
  }

  offer(exemplar: OfferedExemplar): void {
    (this.#exemplars ??= new ExemplarSlots(1)).offer(0, exemplar);
  }

  /** The values so far, or those since the last delta of the reader in that slot; undefined when there are none. */
  collect(slot: number | undefined): ExponentialPoint | undefined {
    this.#extremes.add({ lowest: this.#lowest, highest: this.#highest });
    this.#lowest = Infinity;
    this.#highest = -Infinity;
    const before = slot === undefined ? undefined : this.#taken[slot];
    const count = this.#count - (before?.count ?? 0);
    const extremes = slot === undefined ? this.#extremes.all : this.#extremes.take(slot);
    if (count === 0) return undefined;
    const last = before === undefined ? undefined : atScale(before, this.#scale);
    const point: ExponentialPoint = {
      attributes: this.attributes,
      count,
      sum: this.#sum - (before?.sum ?? 0),
      min: extremes.lowest,
      max: extremes.highest,
      scale: this.#scale,
      zeros: this.#zeros - (before?.zeros ?? 0),
      positive: this.#positive.since(last?.positive),
      negative: this.#negative.since(last?.negative),
      exemplars: this.#exemplars?.collect(),
    };
    if (slot !== undefined) this.#taken[slot] = this.#now();
    return point;
  }

  #put(buckets: ExponentialBuckets, value: number): void {
    let index = bucketIndex(value, this.#scale);
    const steps = buckets.excess(index, maxBuckets);
    if (steps > 0) {
      this.#scale -= steps;
      this.#positive.downscale(steps);
      this.#negative.downscale(steps);
      index >>= steps;
    }
    buckets.add(index);
  }

  #now(): Counted {
    const [positive, negative] = [this.#positive.copy(), this.#negative.copy()];
    return { scale: this.#scale, count: this.#count, sum: this.#sum, zeros: this.#zeros, positive, negative };
  }
}

/** The same in coarser buckets. The scale never rises. */
function atScale(counted: Counted, scale: number): Counted {
  const { positive, negative } = counted;
  positive.downscale(counted.scale - scale);
  negative.downscale(counted.scale - scale);
  return counted;
}
