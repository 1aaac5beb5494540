import type { SpanData } from "../../model/span-data.ts";
import type { HeldSpans } from "./held-spans.ts";
import { spanBytes } from "./span-bytes.ts";

/** Spans of a sampled trace that wait for the end of their root, to go with it to its lane. With more of them none waits. */
const maxWaitingSpans = 128;

/** The finished spans of one trace that wait, within the bound over all that wait. */
export class WaitingSpans {
  readonly #held: HeldSpans;
  #spans: SpanData[] = [];
  #bytes = 0;

  constructor(held: HeldSpans) {
    this.#held = held;
  }

  /** Whether those that can leave ahead of their root should do so now. */
  get areTooMany(): boolean {
    return this.#spans.length >= maxWaitingSpans || this.#held.isCrowded;
  }

  /** Takes one; false when nothing more may wait in the process. */
  add(span: SpanData): boolean {
    if (this.#held.isFull) return false;
    const bytes = spanBytes(span);
    this.#spans.push(span);
    this.#bytes += bytes;
    this.#held.take(bytes);
    return true;
  }

  /** Gives them all, in the order they came, and their room back. */
  takeAll(): readonly SpanData[] {
    const spans = this.#spans;
    this.#held.release(this.#bytes);
    this.#spans = [];
    this.#bytes = 0;
    return spans;
  }
}
