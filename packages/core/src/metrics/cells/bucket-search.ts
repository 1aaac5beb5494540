import type { SampleSettings } from "./reservoir.ts";

/** Upper bounds of the duration buckets in seconds. Source: OpenTelemetry semantic conventions, HTTP metrics. */
export const durationBoundaries: readonly number[] = Object.freeze([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]);

/** Upper bounds of the buckets for streams, which last from moments to hours, in seconds. */
export const streamBoundaries: readonly number[] = Object.freeze([
  0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400,
]);

/**
 * Finds the bucket of a value among rising boundaries: the first one whose upper bound is not below it.
 *
 * Halves in a fixed number of steps and adds the outcome of each comparison instead of branching on it: durations are random, and a branch
 * the processor guesses wrong costs more than the whole search.
 */
export class BucketSearch {
  readonly boundaries: readonly number[];
  /** How many buckets there are: one more than boundaries. */
  readonly buckets: number;
  /** The boundaries, filled up with infinity to one less than a power of two. */
  /** Whether cells keep some of the values themselves too. */
  readonly samples: SampleSettings | undefined;
  readonly #padded: Float64Array;
  readonly #topShift: number;

  constructor(boundaries: readonly number[], samples?: SampleSettings) {
    this.boundaries = boundaries;
    this.samples = samples;
    this.buckets = boundaries.length + 1;
    const steps = Math.ceil(Math.log2(boundaries.length + 1));
    this.#topShift = steps - 1;
    this.#padded = new Float64Array(2 ** steps - 1).fill(Infinity);
    this.#padded.set(boundaries);
  }

  find(value: number): number {
    const padded = this.#padded;
    let bucket = 0;
    for (let shift = this.#topShift; shift >= 0; shift--) {
      bucket += Number(value > padded[bucket + (1 << shift) - 1]!) << shift;
    }
    return bucket;
  }
}
