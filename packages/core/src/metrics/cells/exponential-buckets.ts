import type { ExponentialRange } from "../../model/metric-data.ts";

const view = new DataView(new ArrayBuffer(8));
const smallestNormal = 2 ** -1022;

/**
 * The bucket of a positive value, among those whose bounds are the powers of 2^(2^-scale), upper ones inclusive.
 *
 * Source: OpenTelemetry data model, exponential histogram
 */
export function bucketIndex(value: number, scale: number): number {
  // Values below the smallest normal number share its bucket.
  const normal = value < smallestNormal ? smallestNormal : value;
  view.setFloat64(0, normal);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1_023;
  const isPower = (high & 0xf_ffff) === 0 && view.getUint32(4) === 0;
  if (scale <= 0) return (isPower ? exponent - 1 : exponent) >> -scale;
  // Of a power of two the logarithm is known exactly.
  if (isPower) return exponent * 2 ** scale - 1;
  const index = Math.ceil(Math.log2(normal) * 2 ** scale) - 1;
  // A rounded logarithm must not leave the powers of two that the value is between.
  return Math.min(Math.max(index, exponent * 2 ** scale), (exponent + 1) * 2 ** scale - 1);
}

/** Counts by index, of the values on one side of zero. */
export class ExponentialBuckets {
  #counts = new Map<number, number>();
  #lowest = Infinity;
  #highest = -Infinity;

  /** How often the scale must be lowered by one so that the index has room beside the others. */
  excess(index: number, maxBuckets: number): number {
    let lowest = Math.min(this.#lowest, index);
    let highest = Math.max(this.#highest, index);
    let steps = 0;
    while (highest - lowest >= maxBuckets) {
      lowest >>= 1;
      highest >>= 1;
      steps++;
    }
    return steps;
  }

  add(index: number, count = 1): void {
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + count);
    if (index < this.#lowest) this.#lowest = index;
    if (index > this.#highest) this.#highest = index;
  }

  /** Joins each two neighbours, so many times. */
  downscale(steps: number): void {
    if (steps === 0) return;
    const before = this.#counts;
    this.#counts = new Map();
    this.#lowest = Infinity;
    this.#highest = -Infinity;
    for (const [index, count] of before) this.add(index >> steps, count);
  }

  copy(): ExponentialBuckets {
    const copy = new ExponentialBuckets();
    for (const [index, count] of this.#counts) copy.add(index, count);
    return copy;
  }

  /** What is counted here and was not in `before`, from the first bucket that has something to the last. */
  since(before: ExponentialBuckets | undefined): ExponentialRange {
    const rises = new Map<number, number>();
    const known = before === undefined ? undefined : before.#counts;
    for (const [index, count] of this.#counts) {
      const rise = count - (known?.get(index) ?? 0);
      if (rise > 0) rises.set(index, rise);
    }
    if (rises.size === 0) return { offset: 0, counts: [] };
    const offset = Math.min(...rises.keys());
    const length = Math.max(...rises.keys()) - offset + 1;
    return { offset, counts: Array.from({ length }, (_, i) => rises.get(offset + i) ?? 0) };
  }
}
