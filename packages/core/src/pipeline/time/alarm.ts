import type { StartTimer } from "./timers.ts";

/** Rings once, at the earliest of the moments it was set to; then it waits to be set again. One timer, which never keeps the process alive. */
export class Alarm {
  readonly #ring: () => void;
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  #atMs = Infinity;
  #stop: () => void = () => {};

  constructor(parts: { readonly ring: () => void; readonly now: () => number; readonly startTimer: StartTimer }) {
    this.#ring = parts.ring;
    this.#now = parts.now;
    this.#startTimer = parts.startTimer;
  }

  /** Nothing happens when it rings earlier anyway; Infinity is never. */
  set(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#stop();
    this.#atMs = atMs;
    this.#stop = this.#startTimer(atMs - this.#now(), () => {
      this.#atMs = Infinity;
      this.#ring();
    });
  }

  clear(): void {
    this.#stop();
    this.#atMs = Infinity;
  }
}
