import type { StoredBody } from "../fallback/body-store.ts";
import type { QueuedChunk } from "../queue/chunk-queue.ts";
import type { PipelineLane } from "../queue/pipeline-lane.ts";

/**
 * A batch on its way, to its end: delivered, dropped, put back or put away. `sending`: to an exporter. `storing`: to the fallback's store.
 * `replay`: from the store to an exporter; it has no chunks.
 */
export interface Flight<Payload> {
  readonly kind: "sending" | "storing" | "replay";
  readonly chunks: readonly QueuedChunk<Payload>[];
  readonly lane: PipelineLane<Payload>;
  readonly stored: StoredBody | undefined;
  readonly items: number;
  /** In memory. */
  readonly bytes: number;
}

/** What goes on board. */
export type Boarding<Payload> = Pick<Flight<Payload>, "kind" | "chunks" | "lane"> & { readonly stored?: StoredBody };

/** The batches on their way, those that wait for another try included. */
export class Flights<Payload> {
  readonly #flights = new Set<Flight<Payload>>();
  #items = 0;
  #bytes = 0;
  #storing = 0;

  /** Those on their way to an exporter. */
  get size(): number {
    return this.#flights.size - this.#storing;
  }

  get storing(): number {
    return this.#storing;
  }

  get items(): number {
    return this.#items;
  }

  get bytes(): number {
    return this.#bytes;
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

  board({ kind, chunks, lane, stored }: Boarding<Payload>): Flight<Payload> {
    let items = stored?.items ?? 0;
    let bytes = stored?.body.reduce((sum, part) => sum + part.byteLength, 0) ?? 0;
    for (const chunk of chunks) {
      items += chunk.items;
      bytes += chunk.bytes;
    }
    const flight = { kind, chunks, lane, stored, items, bytes };
    this.#flights.add(flight);
    this.#count(flight, 1);
    return flight;
  }

  /** False when it has landed before, and is accounted for. */
  land(flight: Flight<Payload>): boolean {
    if (!this.#flights.delete(flight)) return false;
    this.#count(flight, -1);
    return true;
  }

  /** Lands all of them, and answers them. */
  landAll(): readonly Flight<Payload>[] {
    const all = [...this.#flights];
    for (const flight of all) this.land(flight);
    return all;
  }

  #count(flight: Flight<Payload>, sign: 1 | -1): void {
    this.#items += sign * flight.items;
    this.#bytes += sign * flight.bytes;
    if (flight.kind === "storing") this.#storing += sign;
  }
}
