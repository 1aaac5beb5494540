import type { SampleSettings } from "./reservoir.ts";

/** Upper bounds of the duration buckets in seconds. Source: OpenTelemetry semantic conventions, HTTP metrics. */
export const durationBoundaries: readonly number[] = Object.freeze([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]);

/** Upper bounds of the buckets for streams, which last from moments to hours, in seconds. */
export const streamBoundaries: readonly number[] = Object.freeze([
  0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400,
]);

/** Bits of the upper half of a number that a step leaves out: each doubling of a value is sixteen steps. */
const stepShift = 16;
const view = new DataView(new ArrayBuffer(8));

/**
 * Finds the bucket of a value among rising boundaries: the first one whose upper bound is not below it.
 *
 * The exponent of a number and the first bits behind it lead to the boundaries near it, of which there is seldom more than one: values are random,
 * and each branch that the processor guesses wrong costs more than the whole search.
 */
export class BucketSearch {
  readonly boundaries: readonly number[];
  /** How many buckets there are: one more than boundaries. */
  readonly buckets: number;
  /** Whether cells keep some of the values themselves too. */
  readonly samples: SampleSettings | undefined;
  /** The boundaries, and infinity behind them. */
  readonly #bounds: Float64Array;
  readonly #firstStep: number;
  /** By the step of a value, from the first that a boundary lies in to the last: how many boundaries lie in smaller ones. */
  readonly #below: Uint16Array;

  constructor(boundaries: readonly number[], samples?: SampleSettings) {
    this.boundaries = boundaries;
    this.samples = samples;
    this.buckets = boundaries.length + 1;
    this.#bounds = Float64Array.of(...boundaries, Infinity);
    const steps = boundaries.map(stepOf);
    // The very first has numbers on both sides of zero.
    const first = Math.max(1, steps.find((step) => step > 0) ?? 1);
    this.#firstStep = first;
    this.#below = new Uint16Array(Math.max(0, (steps.at(-1) ?? 0) - first + 1));
    for (let i = 0, below = 0; i < this.#below.length; i++) {
      while (steps[below]! < first + i) below++;
      this.#below[i] = below;
    }
  }

  /** Of a number: what is none has no bucket. */
  find(value: number): number {
    const below = this.#below;
    const bounds = this.#bounds;
    const step = stepOf(value) - this.#firstStep;
    let bucket = step < 0 ? 0 : step < below.length ? below[step]! : bounds.length - 1;
    while (value > bounds[bucket]!) bucket++;
    return bucket;
  }
}

/** Rises with values above 0, and is below 0 for those below it. */
function stepOf(value: number): number {
  view.setFloat64(0, value);
  return view.getInt32(0) >> stepShift;
}
