import type { QueuedChunk } from "./chunk-queue.ts";

/** A batch on its way, from the lane to its end: delivered, dropped or put back. */
export interface Flight<Payload> {
  readonly chunks: readonly QueuedChunk<Payload>[];
  readonly items: number;
}

/** The batches on their way, those that wait for another try included. */
export class Flights<Payload> {
  readonly #flights = new Set<Flight<Payload>>();
  #items = 0;

  get size(): number {
    return this.#flights.size;
  }

  get items(): number {
    return this.#items;
  }

  /** The lowest order of a chunk on its way; Infinity when there is none. */
  get oldestOrder(): number {
    let oldest = Infinity;
    for (const { chunks } of this.#flights) oldest = Math.min(oldest, chunks[0]?.order ?? Infinity);
    return oldest;
  }

  has(flight: Flight<Payload>): boolean {
    return this.#flights.has(flight);
  }

  board(chunks: readonly QueuedChunk<Payload>[]): Flight<Payload> {
    const flight = { chunks, items: chunks.reduce((sum, chunk) => sum + chunk.items, 0) };
    this.#flights.add(flight);
    this.#items += flight.items;
    return flight;
  }

  /** False when it has landed before, and is accounted for. */
  land(flight: Flight<Payload>): boolean {
    if (!this.#flights.delete(flight)) return false;
    this.#items -= flight.items;
    return true;
  }

  /** Lands all of them. Answers their items. */
  landAll(): number {
    const items = this.#items;
    this.#flights.clear();
    this.#items = 0;
    return items;
  }
}
