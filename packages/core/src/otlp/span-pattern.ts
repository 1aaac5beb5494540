import type { AttributeList, AttributeValue } from "../model/attributes.ts";
import { toWords } from "./known-texts.ts";
import { type Headed, ProtobufWriter } from "./protobuf-writer.ts";
import { writeAttributeList, writePair } from "./write-attribute.ts";

const attributesField = 9;
/** Of a key in UTF-8: with a short value behind it, all lengths of the pair fit a byte. */
const maxKeyBytes = 64;
/** A longer text is not worth holding on to. */
const maxKeptText = 256;

/** What is copied in one go: pairs that are the same in every span, and the head of the one behind them, which differs. */
interface Step extends Headed {
  /** Where in the list the key of that one is; behind its end in the last step. */
  readonly at: number;
}

/**
 * What spans of one name that set the same keys in the same order have in common: trace state, name, keys, and the values that were the same in all so
 * far (method, host, database). It is copied in a few stretches, and what differs is written in between.
 */
export class SpanPattern {
  readonly traceState: string;
  readonly #prefix: Uint8Array;
  readonly #list: AttributeList;
  /** Where in the list values are that were the same so far. */
  #same: readonly number[] = [];
  #steps: readonly Step[] = [];
  /** The same with the prefix in front. */
  #wholeSteps: readonly Step[] = [];

  /** @param prefix trace state and name as fields of a span */
  constructor(traceState: string, prefix: Uint8Array, list: AttributeList) {
    this.traceState = traceState;
    this.#prefix = prefix;
    this.#list = [...list];
    this.#compile([...list.keys()].filter((at) => at % 2 === 1 && isKept(list[at]!)));
  }

  /** Whether a list has these keys, in this order. */
  hasKeys(list: AttributeList): boolean {
    const own = this.#list;
    if (list.length !== own.length) return false;
    for (let i = 0; i < own.length; i += 2) if (list[i] !== own[i]) return false;
    return true;
  }

  /** Whether a list with these keys can be written by it. What differs for the first time is known to differ from then on. */
  takes(list: AttributeList): boolean {
    const own = this.#list;
    const same = this.#same;
    for (let i = 0; i < same.length; i++) {
      const at = same[i]!;
      if (areSame(list[at]!, own[at]!)) continue;
      this.#compile(same.filter((place) => areSame(list[place]!, own[place]!)));
      return false;
    }
    return true;
  }

  /** Writes a list that it takes, with trace state and name in front of it or not. */
  write(writer: ProtobufWriter, list: AttributeList, isWhole: boolean): void {
    const steps = isWhole ? this.#wholeSteps : this.#steps;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      const { at } = step;
      const isLast = at === list.length;
      const value = isLast ? "" : list[at + 1]!;
      if (!writer.headedValue(step, value) && !isLast) writePair(writer, attributesField, list[at] as string, value);
    }
  }

  #compile(same: readonly number[]): void {
    const own = this.#list;
    const steps: Step[] = [];
    let from = 0;
    for (let at = 0; at < own.length; at += 2) {
      if (same.includes(at + 1)) continue;
      steps.push(stepOf(own, from, at));
      from = at + 2;
      // Not held on to.
      own[at + 1] = "";
    }
    steps.push(stepOf(own, from, own.length));
    this.#same = same;
    this.#steps = steps;
    this.#wholeSteps = steps.with(0, stepOf(own, 0, steps[0]!.at, this.#prefix));
  }
}

/** Texts are compared at a place of their own: V8 does that without a call where it never saw anything else there. */
function areSame(a: AttributeValue, b: AttributeValue): boolean {
  return typeof a === "string" ? typeof b === "string" && a === b : a === b;
}

/** Whether a value may be held on to: what is long costs memory, and an array is another one each time. */
function isKept(value: AttributeValue): boolean {
  return typeof value === "string" ? value.length <= maxKeptText : typeof value !== "object";
}

/** The pairs of a list up to a place, and the head of the one that is there. */
function stepOf(list: AttributeList, from: number, at: number, prefix: Uint8Array = Buffer.of()): Step {
  const writer = new ProtobufWriter(512);
  writer.raw(prefix);
  writeAttributeList(writer, attributesField, list, from, at);
  const start = writer.position;
  const key = Buffer.from(at < list.length ? (list[at] as string) : "");
  // An empty key is no attribute.
  if (key.length > 0 && key.length <= maxKeyBytes) {
    writer.raw(Buffer.of((attributesField << 3) | 2, 0, 10, key.length, ...key, 18, 0));
  }
  const bytes = writer.bytes();
  return { bytes, words: toWords(bytes).words, head: bytes.length - start, at };
}
