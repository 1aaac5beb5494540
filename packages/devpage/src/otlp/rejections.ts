import type { Rejected } from "./otlp-answer.ts";

/** What of one request was passed over, and why the first of it was. */
export class Rejections {
  readonly #items: string;
  #count = 0;
  #first = "";

  /** @param items what they are called */
  constructor(items: string) {
    this.#items = items;
  }

  add(why: string, count = 1): void {
    this.#count += count;
    this.say(why);
  }

  /** Tells the sender something that cost it nothing. */
  say(what: string): void {
    if (this.#first === "") this.#first = what;
  }

  get told(): Rejected {
    const [count, first] = [this.#count, this.#first];
    return { count, message: count === 0 ? first : `${count} ${this.#items} passed over, the first as ${first}` };
  }
}
