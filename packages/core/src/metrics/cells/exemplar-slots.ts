import { spanIdText, type SpanWords, traceIdText } from "../../model/ids.ts";
import type { Exemplar } from "../../model/metric-data.ts";

/** Numbers of one slot: the value, its moment, and whether it is notable. */
const numbersEach = 3;
/** Words of one slot: trace id and span id. */
const wordsEach = 6;
/** For so long a notable one gives way to its like alone. */
const notableMs = 60_000;
/** From then on one is old. Readers come by less often. */
const oldMs = 1_000;

/** The exemplars of one series, one place for each bucket. Takes its room once, and then nothing. */
export class ExemplarSlots {
  readonly #numbers: Float64Array;
  readonly #words: Int32Array;
  readonly #places: number;

  constructor(places: number) {
    this.#places = places;
    this.#numbers = new Float64Array(places * numbersEach);
    this.#words = new Int32Array(places * wordsEach);
  }

  /** Whether a place has none, or one that is old at that time. A clock that was set back makes all of them old. */
  isOld(place: number, timeMs: number): boolean {
    const ageMs = timeMs - this.#numbers[place * numbersEach + 1]!;
    return ageMs < 0 || ageMs >= oldMs;
  }

  /** Takes a value in place of the one before; but one of a failed or slow request stays for a minute, unless another one like it comes. */
  offer(place: number, { value, timeMs, span, isNotable }: OfferedExemplar): void {
    const numbers = this.#numbers;
    const at = place * numbersEach;
    const stays = numbers[at + 2] === 1 && !isNotable && timeMs - numbers[at + 1]! < notableMs;
    if (stays) return;
    numbers[at] = value;
    numbers[at + 1] = timeMs;
    numbers[at + 2] = isNotable ? 1 : 0;
    this.#putSpan(place * wordsEach, span);
  }

  /** Those there are, by bucket. */
  collect(): readonly Exemplar[] {
    const exemplars: Exemplar[] = [];
    for (let place = 0; place < this.#places; place++) {
      const at = place * numbersEach;
      const timeMs = this.#numbers[at + 1]!;
      if (timeMs !== 0) exemplars.push({ value: this.#numbers[at]!, timeMs, ...this.#span(place * wordsEach) });
    }
    return exemplars;
  }

  #putSpan(at: number, span: SpanWords | undefined): void {
    const words = this.#words;
    words[at] = span?.t0 ?? 0;
    words[at + 1] = span?.t1 ?? 0;
    words[at + 2] = span?.t2 ?? 0;
    words[at + 3] = span?.t3 ?? 0;
    words[at + 4] = span?.s0 ?? 0;
    words[at + 5] = span?.s1 ?? 0;
  }

  #span(at: number): Pick<Exemplar, "traceId" | "spanId"> {
    const [t0 = 0, t1 = 0, t2 = 0, t3 = 0, s0 = 0, s1 = 0] = this.#words.subarray(at, at + wordsEach);
    if (s0 === 0 && s1 === 0) return { traceId: undefined, spanId: undefined };
    return { traceId: traceIdText({ t0, t1, t2, t3 }), spanId: spanIdText(s0, s1) };
  }
}

/** A value that was counted, with the span that it was counted in. */
export interface OfferedExemplar {
  readonly value: number;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
  /** Undefined where it was counted in none. */
  readonly span: SpanWords | undefined;
  /** Whether it is of a failed or slow request. */
  readonly isNotable: boolean;
}
