import type { Outcome } from "../../model/request/outcome.ts";

/** A request that is over, as far as it may wait: what is done at its end, step by step. None of them throws. */
export interface WaitingEnd {
  /** Counts it, decides on it, and keeps it where that is due. Answers how it ended, if anybody asks for more. */
  conclude(outcome: Outcome, endMs: number): object | undefined;
  /** Writes its span, if it is sampled or kept. */
  writeSpan(end: object): void;
  /** Tells everybody else who asks. */
  tell(end: object): void;
  /** Lets go of what the request was made of. */
  release(): void;
}

/** Requests whose ends are done together. With fewer the code of each step is fetched more often, with more their data is no longer in the cache. */
const size = 32;
/** Between two rests. With fewer, nothing would be done together that is worth the wait. */
const fewest = 16;

/**
 * The ends of ordinary requests of a busy service, which are done 32 at a time and step by step.
 *
 * What runs at the end of one sampled request is about as much code as a first-level cache holds, and everything else that a request runs evicts it. Done
 * together, the same code runs many times in a row. The request is counted, decided on and written as it would have been at its end: all that may have
 * changed by then, its time, status and route, is taken at the end. Whoever reads numbers, sends or changes what decides settles what waits before.
 *
 * A service that answers fewer than 16 requests between two calls of {@link EndBatch.rest} never waits.
 */
export class EndBatch {
  readonly #requests: (WaitingEnd | undefined)[] = Array.from({ length: size }, () => undefined);
  readonly #outcomes: (Outcome | undefined)[] = Array.from({ length: size }, () => undefined);
  readonly #endsMs = new Float64Array(size);
  /** Of those of which more is asked. */
  readonly #told: (object | undefined)[] = Array.from({ length: size }, () => undefined);
  readonly #tellers: (WaitingEnd | undefined)[] = Array.from({ length: size }, () => undefined);
  #waiting = 0;
  #isBusy = false;
  #isStopped = false;
  #isSettling = false;
  /** How far each step has come. */
  #concluded = 0;
  #asked = 0;
  #written = 0;
  #heard = 0;
  #released = 0;
  /** Since the last rest. */
  #ended = 0;

  /** Requests whose end is still to be done. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether the end of this request waits from here on; if not, it is to be done at once. */
  take(request: WaitingEnd, outcome: Outcome, endMs: number): boolean {
    this.#ended++;
    if (!this.#isBusy || this.#isSettling) {
      this.#isBusy ||= this.#ended >= fewest && !this.#isStopped;
      return false;
    }
    const at = this.#waiting++;
    this.#requests[at] = request;
    this.#outcomes[at] = outcome;
    this.#endsMs[at] = endMs;
    if (this.#waiting === size) this.settle();
    return true;
  }

  /**
   * Does all ends that wait, in their order. Asked for in the middle of it, by a `log` of the service's for one, it goes on from there, so that whoever
   * asks finds all of them done; and likewise the next time, if something threw after all.
   */
  settle(): void {
    if (this.#waiting === 0) return;
    this.#isSettling = true;
    while (this.#concluded < this.#waiting) {
      const at = this.#concluded++;
      const request = this.#requests[at]!;
      const end = request.conclude(this.#outcomes[at]!, this.#endsMs[at]!);
      if (end === undefined) continue;
      this.#told[this.#asked] = end;
      this.#tellers[this.#asked++] = request;
    }
    while (this.#written < this.#asked) {
      const at = this.#written++;
      this.#tellers[at]!.writeSpan(this.#told[at]!);
    }
    while (this.#heard < this.#asked) {
      const at = this.#heard++;
      const request = this.#tellers[at]!;
      const end = this.#told[at]!;
      this.#tellers[at] = this.#told[at] = undefined;
      request.tell(end);
    }
    while (this.#released < this.#concluded) {
      const at = this.#released++;
      const request = this.#requests[at]!;
      this.#requests[at] = this.#outcomes[at] = undefined;
      request.release();
    }
    // Others that came after the call in the middle has done all wait for the next.
    if (this.#released < this.#waiting) return;
    this.#waiting = this.#concluded = this.#asked = this.#written = this.#heard = this.#released = 0;
    this.#isSettling = false;
  }

  /** To be called about once a second: nothing waits for longer, and a service that has become quiet no longer waits at all. */
  rest(): void {
    this.#isBusy = this.#ended >= fewest && !this.#isStopped;
    this.#ended = 0;
    this.settle();
  }

  /** From now on no end waits. */
  stop(): void {
    this.#isStopped = true;
    this.rest();
  }
}
