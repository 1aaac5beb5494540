/** Says what is going on, on standard error: one line that is written over on a terminal, else a line every few seconds. */
export class Progress {
  readonly #startedAt = performance.now();
  #saidAt = Number.NEGATIVE_INFINITY;
  #prefix = "";

  /** The part of the bench that is running. */
  part(title: string): void {
    this.#prefix = title;
    this.#saidAt = Number.NEGATIVE_INFINITY;
  }

  say(text: string): void {
    const now = performance.now();
    const line = `[${Math.round((now - this.#startedAt) / 1000)} s] ${this.#prefix}: ${text}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${line.slice(0, process.stderr.columns - 1)}`);
    } else if (now - this.#saidAt > 5000) {
      this.#saidAt = now;
      process.stderr.write(`${line}\n`);
    }
  }

  /** Before something is printed that shall stay. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
  }
}
