import type { StartTimer } from "../time/timers.ts";

export interface BackpressureSettings {
  /** Whether a new request would make telemetry that does not fit any more. */
  readonly isFull: () => boolean;
  /** The longest that a request is held. */
  readonly maxBlockMs: number;
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

interface Held {
  readonly untilMs: number;
  readonly admit: () => void;
}

/** Held at most: what comes then is admitted at once, or holding requests would take the memory that was to be saved. */
const maxHeld = 10_000;

/** Holds new requests while there is no room for their telemetry, each for a while at most, and lets them go in the order they came. */
export class Backpressure {
  readonly #settings: BackpressureSettings;
  #held: Held[] = [];
  #stopTimer: (() => void) | undefined;
  #total = 0;

  constructor(settings: BackpressureSettings) {
    this.#settings = settings;
  }

  /** Requests that were held so far. */
  get total(): number {
    return this.#total;
  }

  get waiting(): number {
    return this.#held.length;
  }

  /** Undefined when the request may go on at once; else it settles when it may. Never rejects. */
  ask(): Promise<void> | undefined {
    if (!this.#settings.isFull() || this.#held.length >= maxHeld) return undefined;
    this.#total++;
    return new Promise((admit) => {
      this.#held.push({ untilMs: this.#settings.now() + this.#settings.maxBlockMs, admit });
      this.#arm();
    });
  }

  /** Lets all go if there is room again. */
  look(): void {
    if (this.#held.length > 0 && !this.#settings.isFull()) this.release();
  }

  release(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    for (const { admit } of this.#held.splice(0)) admit();
  }

  #arm(): void {
    const [first] = this.#held;
    if (first === undefined || this.#stopTimer !== undefined) return;
    this.#stopTimer = this.#settings.startTimer(first.untilMs - this.#settings.now(), () => {
      this.#stopTimer = undefined;
      const nowMs = this.#settings.now();
      // All wait equally long, so that those whose time is up stand in front. It may be none: Node counts from the time its loop saw last, which is in the
      // past where something has kept it from going round.
      let over = 0;
      while ((this.#held[over]?.untilMs ?? Infinity) <= nowMs) over++;
      for (const { admit } of this.#held.splice(0, over)) admit();
      this.#arm();
    });
  }
}
