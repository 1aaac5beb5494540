/** One line that tells how far things are: written anew on a terminal, a line each time elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #shown = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(line: string): void {
    if (this.#out.isTTY) this.#out.write(`\r\u001b[2K${line}`);
    else this.#out.write(`${line}\n`);
    this.#shown = true;
  }

  /** Leaves the last line standing; what is written next starts below it. */
  done(): void {
    if (this.#shown && this.#out.isTTY) this.#out.write("\n");
    this.#shown = false;
  }
}
