import { PartCost, type UsualCost } from "./usual-cost.ts";

/** What telemetry spends its time on. `begin`, `run` and `end` are of requests; `governor` is what measuring and holding back cost themselves. */
export const costParts = ["begin", "run", "end", "export", "metrics", "logs", "plugins", "governor"] as const;

/** Those that come with requests; the others come with time. */
const requestParts = ["begin", "run", "end", "logs", "plugins"] as const;

/** What all requests together cost. */
export function ofRequests(costs: Readonly<Record<CostPart, number>>): number {
  return requestParts.reduce((sum, part) => sum + costs[part], 0);
}

export type CostPart = (typeof costParts)[number];

/** Those of which one request in many is measured. */
const sampledParts: readonly CostPart[] = ["begin", "run", "end"];

/** Runs a function as a part of what telemetry costs. */
export type Timed = <T>(part: CostPart, run: () => T, request?: MeasuredRequest) => T;

/** Runs one of many stretches of the same work, of which some are measured and stand for the others. */
export type TimedOften = <T>(run: () => T) => T;

/** Where nobody measures. */
export const untimed: Timed = (_part, run) => run();
export const untimedOften: TimedOften = (run) => run();

export interface CostMeterParts {
  /** One of so many requests is measured at the most, and stands for all of them. */
  readonly sampleEvery: number;
  /**
   * About so many milliseconds apart, at the least: what is measured runs code that no other request does, cold each time. Without it each request of a
   * busy service would pay for that. @default 0
   */
  readonly apartMs?: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What telemetry cost in a stretch of time. */
export interface CostReading {
  readonly totalMs: number;
  /** Of it, what would not be without traces and lines of requests. */
  readonly gainableMs: number;
  /** Of one request, in microseconds; undefined where too few were measured. */
  readonly requestUs: number | undefined;
  /** The longest that telemetry held the thread without a break. */
  readonly blockMaxMs: number;
}

/** Of so many requests one is measured, however many there are. */
const rarest = 65_536;

/** Fewer measured requests tell nothing of what one costs. */
const fewestRequests = 16;

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
  #counted = 0;
  #looked = 0;
  /** From how many on the countdown began. */
  #every: number;
  #sampledMs = -Infinity;
  readonly #parts: CostMeterParts;
  readonly #costs: ReadonlyMap<CostPart, PartCost>;
  /** Of whole requests that have no trace. */
  readonly #untraced = new PartCost(true);
  #blockMaxMs = 0;
  /** Of the work under way, what is counted as another part. */
  #insideMs = 0;
  /** How many measured stretches are under way, one inside of the other. */
  #depth = 0;

  constructor(parts: CostMeterParts) {
    this.#parts = parts;
    this.untilSample = this.#every = parts.sampleEvery;
    this.#costs = new Map(costParts.map((part) => [part, new PartCost(isSampled(part))]));
  }

  /** The request that is measured; the next are counted down to another. */
  next(): MeasuredRequest {
    const every = this.#every;
    this.#counted += every - this.untilSample;
    this.untilSample = this.#every = this.#paced(every);
    return new MeasuredRequest(this, every);
  }

  #paced(every: number): number {
    const { sampleEvery, apartMs = 0, now } = this.#parts;
    const nowMs = now();
    const sinceMs = nowMs - this.#sampledMs;
    this.#sampledMs = nowMs;
    // What a request costs is to be known soon.
    const isKnown = this.#usual("end").count >= fewestRequests;
    return paced(every, { least: sampleEvery, sinceMs, apartMs, isKnown });
  }

  /** The next request is told apart at once, and does not count here. */
  stepAside(): void {
    this.#counted += 1 - this.untilSample;
    this.untilSample = 1;
  }

  /** Requests that began. */
  get requests(): number {
    return this.#counted + this.#every - this.untilSample;
  }

  /** What a request costs is another thing from now on. */
  forget(): void {
    for (const part of sampledParts) this.#usual(part).forget();
  }

  readonly timed: Timed = (part, run, request) =>
    this.#stretch(run, (ms, stretchMs) => this.#add(part, ms, stretchMs, request));

  /**
   * For work that comes as often as lines and spans do, and takes no longer than to read the clock: each is measured as long as they are some milliseconds
   * apart, and of a flood some, which stand for the others. Inside of measured work each is measured, so that it does not count as that.
   */
  often(part: CostPart): TimedOften {
    const { now, apartMs = 0 } = this.#parts;
    let every = 1;
    let until = 1;
    let measuredMs = -Infinity;
    return (run) => {
      const isDue = --until <= 0;
      if (!isDue && this.#depth === 0) return run();
      const weight = isDue ? every : 0;
      if (isDue) {
        const nowMs = now();
        const sinceMs = nowMs - measuredMs;
        measuredMs = nowMs;
        until = every = paced(every, { least: 1, sinceMs, apartMs, isKnown: true });
      }
      return this.#stretch(run, (ms, stretchMs) => {
        if (isDue) this.#count(part, ms, stretchMs, weight);
      });
    };
  }

  /** Runs it, and tells how long that took: without what was measured inside of it, and with it. */
  #stretch<T>(run: () => T, ended: (ms: number, stretchMs: number) => void): T {
    const { now } = this.#parts;
    const outsideMs = this.#insideMs;
    this.#insideMs = 0;
    this.#depth++;
    const beganMs = now();
    try {
      return run();
    } finally {
      const ms = now() - beganMs;
      this.#depth--;
      ended(Math.max(0, ms - this.#insideMs), ms);
      this.#insideMs = outsideMs + ms;
    }
  }

  /** Measures the way into a request's context, up to the first line of what runs in it. */
  entering<T>(run: () => T, request?: MeasuredRequest): () => T {
    const { now } = this.#parts;
    const beganMs = now();
    return () => {
      const ms = now() - beganMs;
      this.#add("run", ms, ms, request);
      return run();
    };
  }

  ended({ isTraced, ms }: MeasuredRequest): void {
    if (!isTraced) this.#untraced.add(ms);
  }

  /** All since the start. */
  total(): Readonly<Record<CostPart, number>> {
    return Object.fromEntries([...this.#costs].map(([part, { ms }]) => [part, ms])) as Record<CostPart, number>;
  }

  /**
   * What it cost since the call before, whose total is given: of requests by the last that were measured and how many there were. The longest stretch
   * begins anew.
   */
  since(before: Readonly<Record<CostPart, number>>): CostReading {
    const { requests, requestFactor, requestMs } = this;
    const now = this.total();
    const rise = (part: CostPart): number => now[part] - before[part];
    const factor = (requests - this.#looked) * requestFactor;
    this.#looked = requests;
    const ofRequestsMs = (requestMs ?? 0) * factor;
    const untracedMs = (this.#untraced.usual.mean() ?? 0) * factor;
    const besidesMs = rise("export") + (rise("logs") + rise("plugins")) * requestFactor;
    const blockMaxMs = this.#blockMaxMs;
    this.#blockMaxMs = 0;
    return {
      totalMs: ofRequestsMs + besidesMs + rise("metrics") + rise("governor"),
      gainableMs: Math.max(0, ofRequestsMs - untracedMs) + besidesMs,
      requestUs: requestMs && requestMs * requestFactor * 1_000,
      blockMaxMs,
    };
  }

  /** Of one request; undefined where too few were measured. */
  get requestMs(): number | undefined {
    // Nobody has to run anything in a request's context, but each has an end.
    if (this.#usual("end").count < fewestRequests) return undefined;
    return sampledParts.reduce((sum, part) => sum + (this.#usual(part).mean(1) ?? 0), 0);
  }

  #usual(part: CostPart): UsualCost {
    return this.#costs.get(part)!.usual;
  }

  /** @param stretchMs with what is inside of it */
  #add(part: CostPart, ms: number, stretchMs: number, request: MeasuredRequest | undefined): void {
    if (request !== undefined) request.ms += ms;
    this.#count(part, ms, stretchMs, isSampled(part) ? request?.weight : 1);
  }

  /** @param weight for how many stretches it stands */
  #count(part: CostPart, ms: number, stretchMs: number, weight: number | undefined): void {
    const isUsual = this.#costs.get(part)!.add(ms, weight);
    if (stretchMs > this.#blockMaxMs && (isUsual || !isSampled(part))) this.#blockMaxMs = stretchMs;
  }
}

/** For how many the next one that is measured stands: twice as many where the last was a moment ago, half as many where that is long ago. */
function paced(
  every: number,
  {
    least,
    sinceMs,
    apartMs,
    isKnown,
  }: { readonly least: number; readonly sinceMs: number; readonly apartMs: number; readonly isKnown: boolean },
): number {
  if (sinceMs > 4 * apartMs) return Math.max(least, every >> 1);
  return isKnown && sinceMs < apartMs ? Math.max(every, Math.min(every * 2, rarest)) : every;
}

function isSampled(part: CostPart): boolean {
  return sampledParts.includes(part);
}

/** One request that is measured. */
export class MeasuredRequest {
  /** Whether its end is being measured. */
  isEnding = false;
  /** Whether it is written as a trace. */
  isTraced = false;
  /** What was measured of it. */
  ms = 0;
  /** For how many requests it stands. */
  readonly weight: number;
  readonly #meter: CostMeter;

  constructor(meter: CostMeter, weight: number) {
    this.#meter = meter;
    this.weight = weight;
  }

  begin<T>(run: () => T): T {
    return this.#meter.timed("begin", run, this);
  }

  /** Measures the way into its context, up to the first line of what runs in it. */
  entering<T>(run: () => T): () => T {
    return this.#meter.entering(run, this);
  }

  end(run: () => void): void {
    this.isEnding = true;
    this.#meter.timed("end", run, this);
    this.#meter.ended(this);
  }
}
