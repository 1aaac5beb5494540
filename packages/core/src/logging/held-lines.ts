import type { SpanFate } from "../model/exemplar-span.ts";
import type { Scope } from "../model/scope.ts";
import type { LogLine } from "./log-line.ts";

/** A trace, as far as a line depends on it. */
export interface LineTrace {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly flags: number;
  /** Asking decides nothing. */
  readonly finalFate: SpanFate;
}

/** A line with what was known of it when it was written. */
export interface MarkedLine {
  readonly line: LogLine;
  readonly scope: Scope;
  readonly trace: LineTrace;
  readonly s0: number;
  readonly s1: number;
  readonly epochMs: number;
}

export interface HeldLinesParts {
  readonly maxLines: number;
  readonly maxBytes: number;
  /** Takes a line whose trace is written. */
  readonly leave: (held: MarkedLine) => void;
  /** Told of each line that was let go before anything was known of its trace. */
  readonly dropped: () => void;
  /** Told of each line that stays because its trace does. */
  readonly lost: () => void;
}

/** A new look at all of them is worth it when so many have come since the last. */
const lookShare = 1 / 8;

/**
 * Lines of traces of which it is not known yet whether they leave: their requests may still be kept. Bounded in number and bytes; the oldest make
 * room.
 */
export class HeldLines {
  readonly #parts: HeldLinesParts;
  #held: MarkedLine[] = [];
  #bytes = 0;
  #sinceLook = 0;

  constructor(parts: HeldLinesParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#held.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(held: MarkedLine): void {
    const { maxLines, maxBytes, dropped } = this.#parts;
    this.#held.push(held);
    this.#bytes += held.line.bytes;
    this.#sinceLook++;
    if (this.#isWithin(maxLines, maxBytes)) return;
    if (this.#sinceLook >= maxLines * lookShare) this.look();
    while (!this.#isWithin(maxLines, maxBytes)) {
      const oldest = this.#held.shift();
      if (oldest === undefined) return;
      this.#bytes -= oldest.line.bytes;
      dropped();
    }
  }

  /** Lets those leave whose trace is written, and those go whose trace is not. */
  look(): void {
    this.#sinceLook = 0;
    const held = this.#held;
    // A line that leaves may make another one, which is added then.
    this.#held = [];
    this.#bytes = 0;
    const open: MarkedLine[] = [];
    for (const one of held) {
      const { finalFate } = one.trace;
      if (finalFate === "written") this.#parts.leave(one);
      else if (finalFate === "open") open.push(one);
      else this.#parts.lost();
    }
    this.#held = open.concat(this.#held);
    for (const { line } of this.#held) this.#bytes += line.bytes;
  }

  /** Lets all go, once those have left that are to. */
  clear(): void {
    this.look();
    for (const _ of this.#held) this.#parts.dropped();
    this.#held = [];
    this.#bytes = 0;
  }

  #isWithin(maxLines: number, maxBytes: number): boolean {
    return this.#held.length <= maxLines && this.#bytes <= maxBytes;
  }
}
