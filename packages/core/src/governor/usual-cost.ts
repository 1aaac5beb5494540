const remembered = 63;
/** What took so many times as long as is usual was interrupted: by another process, by a quota, or by a collection of garbage. */
const outlier = 8;
/** So many samples of the same tell what is usual. */
const fewest = 5;
/** So many stretches of one part do, some of which may be short and others the work. */
const fewestStretches = 8;
/** What is usual is found anew only now and then: to sort them for each would cost more than what is measured. */
const every = 16;

/**
 * The last stretches of one kind of work, in wall time. One that was interrupted counts as eight usual ones at most; what has become dearer for good
 * is believed after some more.
 */
export class UsualCost {
  readonly #last: Float64Array = new Float64Array(remembered);
  readonly #fewest: number;
  #added = 0;
  #mostMs = Infinity;

  constructor(fewestToTell: number) {
    this.#fewest = fewestToTell;
  }

  /** Answers as what it counts. */
  add(ms: number): number {
    const counted = Math.min(ms, this.#mostMs);
    this.#last[this.#added++ % remembered] = counted;
    if (this.#added === this.#fewest || this.#added % every === 0)
      this.#mostMs = outlier * this.#findUsual() || Infinity;
    return counted;
  }

  /** How many are remembered. */
  get count(): number {
    return Math.min(this.#added, remembered);
  }

  /** Undefined as long as there are fewer than asked for. */
  mean(least: number = fewest): number | undefined {
    return this.count < least ? undefined : sum(this.#known()) / this.count;
  }

  /** What comes now is of another kind; as what it counts at most is found out again. */
  forget(): void {
    this.#added = 0;
  }

  /**
   * Half of the time goes to stretches that are no longer. A plain median would say nothing where most are short and a few are the work. The longest is left
   * out: alone it says nothing of what is usual.
   */
  #findUsual(): number {
    const sorted = this.#known().toSorted().subarray(0, -1);
    let restMs = sum(sorted) / 2;
    return sorted.find((ms) => (restMs -= ms) <= 0) ?? 0;
  }

  #known(): Float64Array {
    return this.#last.subarray(0, this.count);
  }
}

/** One part of the cost; one that is known by samples, which stand for many each, begins with the usual one. */
export class PartCost {
  /** Since the start. */
  ms = 0;
  readonly usual: UsualCost;
  readonly #isSampled: boolean;
  /** Of samples the first are of code that runs for the first time: they count once it is known what is usual. */
  readonly #first: { readonly ms: number; readonly weight: number }[] = [];

  constructor(isSampled: boolean) {
    this.#isSampled = isSampled;
    this.usual = new UsualCost(isSampled ? fewest : fewestStretches);
  }

  /**
   * Whether it counts as it is.
   *
   * @param weight for how many it stands
   */
  add(ms: number, weight = 1): boolean {
    if (this.#isSampled && this.#first.length < fewest) {
      if (this.#first.push({ ms, weight }) === fewest) {
        const median = this.#first.map((one) => one.ms).toSorted((one, other) => one - other)[fewest >> 1] ?? 0;
        for (const one of this.#first) this.#count(median, one.weight);
      }
      return false;
    }
    return this.#count(ms, weight) === ms;
  }

  #count(ms: number, weight: number): number {
    const counted = this.usual.add(ms);
    this.ms += counted * weight;
    return counted;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
