import type { EventEmitter } from "node:events";

/**
 * Steps of requests that may never say that they are over: the answer says it, or the end of the response. A response has one listener, however
 * many steps wait for it.
 */
export class OpenSteps {
  readonly #waiting = new WeakMap<EventEmitter, Set<() => void>>();

  /** Calls back when the response is over, or {@link OpenSteps.answered}. Answers how to wait no more. */
  add(response: EventEmitter, over: () => void): () => void {
    let steps = this.#waiting.get(response);
    if (steps === undefined) {
      steps = new Set();
      this.#waiting.set(response, steps);
      response.once("close", () => this.answered(response));
    }
    const all = steps;
    all.add(over);
    return () => void all.delete(over);
  }

  /** The request has its answer: whatever still waits is over. */
  answered(response: EventEmitter): void {
    const steps = this.#waiting.get(response);
    if (steps === undefined) return;
    const all = [...steps];
    steps.clear();
    for (const over of all) over();
  }
}
