import type { Work } from "./in-slices.ts";
import { malformed, RefusedRequest } from "./refused-request.ts";

/** Objects and lists in one body. Each takes many times of what it takes as text. */
export const maxMessages = 1_000_000;
/** What is shorter is parsed at once; what is longer, part by part. */
const maxPieceBytes = 4_096;
/** Of what is longer than that: as deep as protobuf may be, with the list and the object that each value is in. */
const maxDepth = 128;

const [space, quote, comma, colon, openList, backslash, closeList, openObject, closeObject] = [
  0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
] as const;

/** An object or a list that is not at its end yet. */
type Open =
  | { readonly end: typeof closeObject; readonly made: Record<string, unknown>; key: string }
  | { readonly end: typeof closeList; readonly made: unknown[] };

/**
 * The value in a body, as JSON.parse reads it, which does it in one go: here what others wait for in between is one piece, or one text.
 *
 * @throws RefusedRequest for what is no JSON, and for what would take too much memory as objects
 */
export function* readOtlpJson(body: Buffer): Work<unknown> {
  const reading = new Reading(body);
  while (!reading.step()) yield;
  return reading.value;
}

class Reading {
  readonly #body: Buffer;
  readonly #open: Open[] = [];
  #at = 0;
  #messages = 0;
  value: unknown = undefined;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /** Reads one value, or the begin of one; true once all of the body is read. */
  step(): boolean {
    const first = this.#next();
    if (first === openObject || first === openList) {
      const end = this.#endOfPiece();
      if (end === undefined) return this.#begin(first);
      this.value = this.#parsed(end);
    } else this.value = this.#parsed(first === quote ? this.#endOfText(this.#at) : this.#endOfScalar());
    return this.#put();
  }

  #begin(first: typeof openObject | typeof openList): boolean {
    if (this.#open.length >= maxDepth) throw malformed("The body is nested too deeply.");
    this.#count(1);
    this.#at++;
    const isList = first === openList;
    // Empty, and long for its white space.
    if (this.#next() === (isList ? closeList : closeObject)) {
      this.#at++;
      this.value = isList ? [] : {};
      return this.#put();
    }
    if (isList) this.#open.push({ end: closeList, made: [] });
    else this.#open.push({ end: closeObject, made: {}, key: this.#key() });
    return false;
  }

  /** Puts what was read where it belongs, and all that ends with it. */
  #put(): boolean {
    for (;;) {
      const inner = this.#open.at(-1);
      const next = this.#next();
      if (inner === undefined) {
        if (next !== undefined) throw notJson();
        return true;
      }
      if (inner.end === closeList) inner.made.push(this.value);
      // No member of OTLP, and no member of an object as others are.
      else if (inner.key !== "__proto__") inner.made[inner.key] = this.value;
      if (next !== comma && next !== inner.end) throw notJson();
      this.#at++;
      if (next === comma) {
        if (inner.end === closeObject) inner.key = this.#key();
        return false;
      }
      this.value = inner.made;
      this.#open.pop();
    }
  }

  #key(): string {
    if (this.#next() !== quote) throw notJson();
    const key = this.#parsed(this.#endOfText(this.#at)) as string;
    if (this.#next() !== colon) throw notJson();
    this.#at++;
    return key;
  }

  /** The next byte that is no white space. */
  #next(): number | undefined {
    for (;;) {
      const byte = this.#body[this.#at];
      if (byte !== space && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at++;
    }
  }

  #parsed(end: number): unknown {
    const from = this.#at;
    this.#at = end;
    try {
      return JSON.parse(this.#body.toString("utf8", from, end)) as unknown;
    } catch {
      throw notJson();
    }
  }

  /** Where the object or list ends that begins here; undefined where it is no piece. */
  #endOfPiece(): number | undefined {
    const body = this.#body;
    const last = Math.min(body.length, this.#at + maxPieceBytes);
    let [depth, messages] = [0, 0];
    for (let at = this.#at; at < last; at++) {
      const byte = body[at];
      if (byte === quote) at = this.#endOfText(at, last) - 1;
      else if (byte === openObject || byte === openList) {
        depth++;
        messages++;
      } else if ((byte === closeObject || byte === closeList) && --depth === 0) {
        this.#count(messages);
        return at + 1;
      }
    }
    return undefined;
  }

  /** Behind the quote that ends a text, or behind `last`, where it goes on beyond. */
  #endOfText(from: number, last = this.#body.length): number {
    const body = this.#body;
    for (let at = from + 1; at < last; at++) {
      const byte = body[at];
      if (byte === quote) return at + 1;
      if (byte === backslash) at++;
    }
    return last + 1;
  }

  #endOfScalar(): number {
    const body = this.#body;
    let at = this.#at;
    for (; at < body.length; at++) {
      const byte = body[at];
      if (byte === comma || byte === closeObject || byte === closeList || (byte ?? 0) <= space) break;
    }
    return at;
  }

  #count(messages: number): void {
    this.#messages += messages;
    if (this.#messages > maxMessages)
      throw new RefusedRequest(413, "too-large", `A body must have at most ${maxMessages} objects: send less at once.`);
  }
}

function notJson(): RefusedRequest {
  return malformed("The body is not JSON, or not whole.");
}
