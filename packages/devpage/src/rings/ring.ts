import type { RingView } from "../protocol.ts";

export interface RingBounds {
  readonly max: number;
  readonly maxBytes: number;
}

interface Kept<Item> {
  readonly id: number;
  readonly item: Item;
  readonly bytes: number;
}

/** The newest of what comes, bounded in number and bytes; what makes room for it is counted. */
export class Ring<Item> {
  readonly #bounds: RingBounds;
  #slots: (Kept<Item> | undefined)[];
  /** Ids of the oldest that is there, and of the next that comes. */
  #first = 1;
  #next = 1;
  #count = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(bounds: RingBounds) {
    this.#bounds = bounds;
    this.#slots = [];
  }

  /** The id of the newest; 0 before the first. */
  get lastId(): number {
    return this.#next - 1;
  }

  /** Answers its id: they count up from 1. What is larger than all of the ring is let go itself. */
  add(item: Item, bytes: number): number {
    const { max, maxBytes } = this.#bounds;
    const id = this.#next++;
    // Its slot is that of the oldest.
    if (id - this.#first >= max) this.#dropOldest();
    if (bytes > maxBytes) {
      this.#dropped++;
      return id;
    }
    this.#bytes += bytes;
    while (this.#bytes > maxBytes && this.#first < id) this.#dropOldest();
    this.#slots[id % max] = { id, item, bytes };
    this.#count++;
    return id;
  }

  get(id: number): Item | undefined {
    const kept = this.#slots[id % this.#bounds.max];
    return kept?.id === id && id >= this.#first ? kept.item : undefined;
  }

  /** Those behind an id, oldest first, at most the newest `max`. */
  after(id: number, max: number = this.#bounds.max): { id: number; item: Item }[] {
    const items: { id: number; item: Item }[] = [];
    for (let at = Math.max(this.#first, id + 1, this.#next - max); at < this.#next; at++) {
      const item = this.get(at);
      if (item !== undefined) items.push({ id: at, item });
    }
    return items;
  }

  /** Those before an id, newest first. */
  *before(id: number = this.#next): Generator<{ id: number; item: Item }> {
    for (let at = Math.min(id, this.#next) - 1; at >= this.#first; at--) {
      const item = this.get(at);
      if (item !== undefined) yield { id: at, item };
    }
  }

  clear(): void {
    this.#slots = [];
    this.#first = this.#next;
    this.#count = 0;
    this.#bytes = 0;
  }

  view(): RingView {
    const { max, maxBytes } = this.#bounds;
    return { count: this.#count, max, bytes: this.#bytes, maxBytes, dropped: this.#dropped };
  }

  #dropOldest(): void {
    const { max } = this.#bounds;
    const kept = this.#slots[this.#first % max];
    if (kept !== undefined) {
      this.#bytes -= kept.bytes;
      this.#count--;
      this.#dropped++;
      this.#slots[this.#first % max] = undefined;
    }
    this.#first++;
  }
}
