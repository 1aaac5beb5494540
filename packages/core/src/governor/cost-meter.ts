/** What telemetry spends its time on. `begin`, `run` and `end` are of requests; `governor` is what measuring and holding back cost themselves. */
export const costParts = ["begin", "run", "end", "export", "metrics", "logs", "plugins", "governor"] as const;

/** Those that come with requests; the others come with time. */
const requestParts = ["begin", "run", "end", "logs", "plugins"] as const;

/** What all requests together cost. */
export function ofRequests(costs: Readonly<Record<CostPart, number>>): number {
  return requestParts.reduce((sum, part) => sum + costs[part], 0);
}

export type CostPart = (typeof costParts)[number];

/** Runs a function as a part of what telemetry costs. */
export type Timed = <T>(part: CostPart, run: () => T) => T;

/** Where nobody measures. */
export const untimed: Timed = (_part, run) => run();

export interface CostMeterParts {
  /** One of so many requests is measured, and stands for all of them. */
  readonly sampleEvery: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What telemetry cost in a stretch of time. */
export interface CostReading {
  /** Milliseconds by part. */
  readonly ms: Readonly<Record<CostPart, number>>;
  readonly totalMs: number;
  /** Of one request, in microseconds; undefined where none was measured. */
  readonly requestUs: number | undefined;
  /** The longest that telemetry held the thread without a break. */
  readonly blockMaxMs: number;
}

/** A sample that is so many times the median was interrupted: by another process, or by a collection of garbage. */
const outlier = 8;
const remembered = 32;
/** So many tell what is usual. */
const fewest = 5;

/**
 * Measures what telemetry costs, in wall time of the thread: one of many requests, and all of what is rare. Work inside of other work counts once.
 *
 * To a request that is not measured it is one number that is counted down.
 */
export class CostMeter {
  /** Requests until one is measured, that one counted in. */
  untilSample: number;
  /** By what the work on requests is multiplied, once a trial has shown how much of it the clock misses. */
  requestFactor = 1;
  #measured = 0;
  readonly #parts: CostMeterParts;
  readonly #requests: Readonly<Record<"begin" | "run" | "end", SampledCost>>;
  readonly #ms: Record<CostPart, number> = noCosts();
  #blockMaxMs = 0;
  /** Of the work under way, what is counted as another part. */
  #insideMs = 0;

  constructor(parts: CostMeterParts) {
    this.#parts = parts;
    this.untilSample = parts.sampleEvery;
    const { sampleEvery } = parts;
    this.#requests = {
      begin: new SampledCost(sampleEvery),
      run: new SampledCost(sampleEvery),
      end: new SampledCost(sampleEvery),
    };
  }

  /** Begins to count down to the next. */
  again(): void {
    this.#measured++;
    this.untilSample = this.#parts.sampleEvery;
  }

  /** Requests that began. */
  get requests(): number {
    const { sampleEvery } = this.#parts;
    return (this.#measured + 1) * sampleEvery - this.untilSample;
  }

  readonly timed: Timed = (part, run) => {
    const { now } = this.#parts;
    const outsideMs = this.#insideMs;
    this.#insideMs = 0;
    const beganMs = now();
    try {
      return run();
    } finally {
      const ms = now() - beganMs;
      this.#add(part, Math.max(0, ms - this.#insideMs), ms);
      this.#insideMs = outsideMs + ms;
    }
  };

  /** Measures the way into a request's context, up to the first line of what runs in it. */
  entering<T>(run: () => T): () => T {
    const { now } = this.#parts;
    const beganMs = now();
    return () => {
      const ms = now() - beganMs;
      this.#add("run", ms, ms);
      return run();
    };
  }

  /** All since the start. */
  total(): Readonly<Record<CostPart, number>> {
    const { begin, run, end } = this.#requests;
    return { ...this.#ms, begin: begin.ms, run: run.ms, end: end.ms };
  }

  /** What it cost since the reading whose total is given. The longest stretch begins anew. */
  since(before: Readonly<Record<CostPart, number>>): CostReading {
    const now = this.total();
    const ms = noCosts();
    let totalMs = 0;
    for (const part of costParts) {
      const isOfRequests = requestParts.some((one) => one === part);
      totalMs += ms[part] = (now[part] - before[part]) * (isOfRequests ? this.requestFactor : 1);
    }
    const blockMaxMs = this.#blockMaxMs;
    this.#blockMaxMs = 0;
    return { ms, totalMs, requestUs: this.#requestUs(), blockMaxMs };
  }

  #requestUs(): number | undefined {
    let sum = 0;
    for (const cost of Object.values(this.#requests)) {
      const usual = cost.takeMean();
      if (usual === undefined) return undefined;
      sum += usual;
    }
    return sum * this.requestFactor * 1_000;
  }

  /** @param stretchMs with what is inside of it */
  #add(part: CostPart, ms: number, stretchMs: number): void {
    if (part === "begin" || part === "run" || part === "end") {
      if (!this.#requests[part].add(ms)) return;
    } else this.#ms[part] += ms;
    if (stretchMs > this.#blockMaxMs) this.#blockMaxMs = stretchMs;
  }
}

/** One part of a request, known by samples. What is usual is found anew only now and then: to sort them for each would cost more than the request. */
class SampledCost {
  /** Since the start, of all requests that the samples stand for. */
  ms = 0;
  readonly #weight: number;
  readonly #last: Float64Array = new Float64Array(remembered);
  #next = 0;
  /** Undefined until there are enough to tell what is usual. */
  #median: number | undefined = undefined;
  #sum = 0;
  #count = 0;

  constructor(weight: number) {
    this.#weight = weight;
  }

  /** Whether it is one of the usual. What was interrupted counts as what is usual. */
  add(ms: number): boolean {
    this.#last[this.#next++] = ms;
    const usual = this.#median;
    if (usual === undefined) {
      // The first are of code that runs for the first time, and would each stand for many: they count once it is known what is usual.
      if (this.#next === fewest) this.#take((this.#median = this.#findMedian()), fewest);
      return false;
    }
    if (this.#next === remembered) {
      this.#median = this.#findMedian();
      this.#next = 0;
    }
    const isUsual = ms <= outlier * usual;
    this.#take(isUsual ? ms : usual, 1);
    return isUsual;
  }

  #findMedian(): number {
    const sorted = this.#last.slice(0, this.#next).sort();
    return sorted[sorted.length >> 1] ?? 0;
  }

  #take(ms: number, samples: number): void {
    this.ms += ms * samples * this.#weight;
    this.#sum += ms * samples;
    this.#count += samples;
  }

  /** Of the samples since the call before; undefined where there are none. */
  takeMean(): number | undefined {
    const mean = this.#count === 0 ? undefined : this.#sum / this.#count;
    this.#sum = this.#count = 0;
    return mean;
  }
}

function noCosts(): Record<CostPart, number> {
  return { begin: 0, run: 0, end: 0, export: 0, metrics: 0, logs: 0, plugins: 0, governor: 0 };
}
