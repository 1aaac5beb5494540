/** Named moments: a test and a handler wait for each other by them, without a timer. An opened latch stays open. */
export class Latches {
  readonly #opened = new Set<string>();
  readonly #waiting = new Map<string, (() => void)[]>();

  open(name: string): void {
    this.#opened.add(name);
    for (const go of this.#waiting.get(name) ?? []) go();
    this.#waiting.delete(name);
  }

  /** Resolves when `name` is open. */
  wait(name: string): Promise<void> {
    if (this.#opened.has(name)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? [];
      waiting.push(resolve);
      this.#waiting.set(name, waiting);
    });
  }
}
