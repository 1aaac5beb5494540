import type { AttributeList } from "../model/attributes.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { writeAttributeList } from "./write-attribute.ts";

/** Shorter runs of pairs are as quickly written one by one. */
const minRunPairs = 2;

/** A stretch of the list, from `from` to before `to`. With bytes: pairs that were the same in every list so far, encoded. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array | undefined;
}

/**
 * The attributes of the first span of a name, as a pattern for those that follow: most of them come again as they were (method, host, database), and
 * runs of these are copied whole. A place that once was different is written by itself from then on.
 */
export class AttributeTemplate {
  readonly #field: number;
  readonly #list: AttributeList;
  readonly #varies: boolean[];
  #stretches: readonly Stretch[];

  constructor(field: number, list: AttributeList) {
    this.#field = field;
    this.#list = [...list];
    this.#varies = Array.from({ length: list.length / 2 }, () => false);
    this.#stretches = this.#divide();
  }

  /** Writes a list that has as many pairs as the first had. Answers false, with nothing written, for any other. */
  write(writer: ProtobufWriter, list: AttributeList): boolean {
    const first = this.#list;
    if (list.length !== first.length) return false;
    for (const { from, to, bytes } of this.#stretches) {
      if (bytes === undefined) {
        writeAttributeList(writer, this.#field, list, from, to);
        continue;
      }
      for (let at = from; at < to; at++) {
        if (list[at] === first[at]) continue;
        writeAttributeList(writer, this.#field, list, from);
        this.#varies[at >> 1] = true;
        this.#stretches = this.#divide();
        return true;
      }
      writer.raw(bytes);
    }
    return true;
  }

  #divide(): Stretch[] {
    const stretches: Stretch[] = [];
    const varies = this.#varies;
    for (let pair = 0; pair < varies.length;) {
      let end = pair + 1;
      while (end < varies.length && varies[end] === varies[pair]) end++;
      const isCopied = varies[pair] === false && end - pair >= minRunPairs;
      stretches.push({ from: pair * 2, to: end * 2, bytes: isCopied ? this.#encode(pair * 2, end * 2) : undefined });
      pair = end;
    }
    return stretches;
  }

  #encode(from: number, to: number): Uint8Array {
    const writer = new ProtobufWriter(512);
    writeAttributeList(writer, this.#field, this.#list, from, to);
    return writer.bytes();
  }
}
