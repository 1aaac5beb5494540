import type { Attributes } from "../../model/attributes.ts";
import { type StartTimer, startTimer } from "../../pipeline/time/timers.ts";
import { maxCallbacks } from "./max-callbacks.ts";
import type { MetricComplaints } from "./metric-complaints.ts";

/** What a callback may be about. */
export interface ObservationTarget {
  readonly name: string;
  /** The value as it is told; undefined for one that is dropped. */
  accepted(value: unknown): number | undefined;
}

export interface Observation {
  readonly attributes: Attributes;
  readonly value: number;
}

/** Takes what a callback sees. */
export type Observe = (target: ObservationTarget, value: unknown, attributes: unknown) => void;

/** A callback of the user's, and what it saw the last time. */
export interface ObservedCallback {
  readonly targets: ReadonlySet<ObservationTarget>;
  seen(target: ObservationTarget): readonly Observation[];
}

export interface ObservationsParts {
  readonly complaints: MetricComplaints;
  /** What of some attributes is within the limits. May throw what a getter of the user's throws. */
  readonly limit: (attributes: Attributes) => Attributes;
  readonly maxSeries: number;
  /** How long a promise of an answer may take. @default 1000 */
  readonly deadlineMs?: number | undefined;
  readonly startTimer?: StartTimer | undefined;
}

/** What one callback may observe of one instrument at a time, by the series that there may be. */
const observationsPerSeries = 4;

type State = "idle" | "running" | "overdue";

class Callback implements ObservedCallback {
  readonly targets: ReadonlySet<ObservationTarget>;
  readonly identity: unknown;
  readonly call: (observe: Observe) => unknown;
  state: State = "idle";
  /** Settles when the answer that is waited for has come, or is given up. */
  answer: Promise<void> | undefined = undefined;
  #seen = new Map<ObservationTarget, Observation[]>();

  constructor(targets: Iterable<ObservationTarget>, identity: unknown, call: (observe: Observe) => unknown) {
    this.targets = new Set(targets);
    this.identity = identity;
    this.call = call;
  }

  seen(target: ObservationTarget): readonly Observation[] {
    return this.#seen.get(target) ?? [];
  }

  saw(seen: Map<ObservationTarget, Observation[]>): void {
    this.#seen = seen;
  }

  get label(): string {
    return Array.from(this.targets, ({ name }) => name)
      .slice(0, 3)
      .join(", ");
  }
}

/**
 * The callbacks of observable instruments. One that throws tells nothing this time; one that promises an answer is waited for until the deadline,
 * and is not called again before it has answered. What is answered too late is dropped. All of that is counted, and nothing here throws.
 */
export class Observations {
  readonly #parts: ObservationsParts;
  readonly #callbacks = new Set<Callback>();
  readonly #startTimer: StartTimer;
  readonly #deadlineMs: number;

  constructor(parts: ObservationsParts) {
    this.#parts = parts;
    this.#startTimer = parts.startTimer ?? startTimer;
    this.#deadlineMs = parts.deadlineMs ?? 1_000;
  }

  /** What callbacks saw of an instrument. */
  *of(target: ObservationTarget): Iterable<Observation> {
    for (const callback of this.#callbacks) yield* callback.seen(target);
  }

  /** The same function for the same instruments counts once. */
  add(targets: readonly ObservationTarget[], identity: unknown, call: (observe: Observe) => unknown): void {
    if (this.#find(targets, identity) !== undefined) return;
    if (this.#callbacks.size >= maxCallbacks) {
      const line = (): string => `there are ${maxCallbacks} metric callbacks already: further ones are not called`;
      this.#parts.complaints.drop("callbacks", "", line, "GSM_METRIC_CALLBACK");
      return;
    }
    this.#callbacks.add(new Callback(targets, identity, call));
  }

  remove(targets: readonly ObservationTarget[], identity: unknown): void {
    const callback = this.#find(targets, identity);
    if (callback !== undefined) this.#callbacks.delete(callback);
  }

  /** Calls all. Answers a promise where some answer later, which settles by the deadline and never rejects. */
  run(): Promise<void> | undefined {
    const answers: Promise<void>[] = [];
    for (const callback of this.#callbacks) {
      const answer = this.#call(callback);
      if (answer !== undefined) answers.push(answer);
    }
    if (answers.length === 0) return undefined;
    return new Promise((resolve) => {
      const stop = this.#startTimer(this.#deadlineMs, resolve);
      void Promise.all(answers).then(() => {
        stop();
        resolve();
      });
    });
  }

  #find(targets: readonly ObservationTarget[], identity: unknown): Callback | undefined {
    for (const callback of this.#callbacks) {
      const { targets: own } = callback;
      if (
        callback.identity === identity &&
        own.size === new Set(targets).size &&
        targets.every((one) => own.has(one))
      ) {
        return callback;
      }
    }
    return undefined;
  }

  #call(callback: Callback): Promise<void> | undefined {
    // Another reader asked already.
    if (callback.state === "running") return callback.answer;
    if (callback.state === "overdue") {
      this.#tell(callback, "unanswered", "has not answered for a collection or more");
      return undefined;
    }
    const seen = new Map<ObservationTarget, Observation[]>();
    let isOpen = true;
    const observe: Observe = (target, value, attributes) => {
      if (isOpen) this.#take(callback, seen, target, { value, attributes });
    };
    try {
      const answer = callback.call(observe);
      if (!isThenable(answer)) {
        isOpen = false;
        callback.saw(seen);
        return undefined;
      }
      callback.state = "running";
      callback.answer = this.#await(callback, answer, seen).finally(() => {
        isOpen = false;
        callback.answer = undefined;
      });
      return callback.answer;
    } catch {
      isOpen = false;
      this.#failed(callback);
      return undefined;
    }
  }

  /** Settles when the answer has come, or is given up. */
  #await(callback: Callback, answer: PromiseLike<unknown>, seen: Map<ObservationTarget, Observation[]>): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#startTimer(this.#deadlineMs, () => {
        callback.state = "overdue";
        // What it saw before is not true any more.
        callback.saw(new Map());
        this.#tell(callback, "late", `did not answer within ${this.#deadlineMs} ms`);
        resolve();
      });
      const settle = (step: () => void): void => {
        stop();
        const isLate = callback.state === "overdue";
        callback.state = "idle";
        if (!isLate) step();
        resolve();
      };
      answer.then(
        () => settle(() => callback.saw(seen)),
        () => settle(() => this.#failed(callback)),
      );
    });
  }

  #failed(callback: Callback): void {
    callback.saw(new Map());
    this.#tell(callback, "callback", "threw");
  }

  #tell(callback: Callback, reason: string, what: string): void {
    const line = (): string =>
      `the callback of ${callback.label} ${what}: it reports nothing meanwhile, and is counted in status()`;
    this.#parts.complaints.drop(reason, callback.label, line, "GSM_METRIC_CALLBACK");
  }

  #take(
    callback: Callback,
    seen: Map<ObservationTarget, Observation[]>,
    target: ObservationTarget,
    given: { readonly value: unknown; readonly attributes: unknown },
  ): void {
    const { complaints, limit, maxSeries } = this.#parts;
    if (!callback.targets.has(target)) return;
    const value = target.accepted(given.value);
    if (value === undefined) return;
    const observations = seen.get(target) ?? [];
    seen.set(target, observations);
    try {
      if (observations.length < maxSeries * observationsPerSeries) {
        observations.push({ attributes: limit((given.attributes ?? {}) as Attributes), value });
        return;
      }
    } catch {
      // It is dropped as what is too many is.
    }
    const line = (): string => `an observation of ${target.name} is dropped: there are too many, or it cannot be read`;
    complaints.drop("observation", target.name, line, "GSM_METRIC_VALUE");
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && "then" in answer && typeof answer.then === "function";
}
