import type { QueuedChunk } from "../queue/chunk-queue.ts";
import type { PipelineLane } from "../queue/pipeline-lane.ts";

/** A batch that was put together before: what the fallback's store gives back. */
export interface BatchBody {
  readonly body: readonly Uint8Array[];
  readonly items: number;
}

/**
 * A batch on its way, to its end: delivered, dropped, put back or put away. `sending`: to an exporter. `storing`: to the fallback's store.
 * `replay`: from the store to an exporter; it has no chunks.
 */
export interface InFlightBatch<Payload> {
  readonly kind: "sending" | "storing" | "replay";
  readonly chunks: readonly QueuedChunk<Payload>[];
  readonly lane: PipelineLane<Payload>;
  readonly stored: BatchBody | undefined;
  readonly items: number;
  /** In memory. */
  readonly bytes: number;
}

/** What a batch on its way is made of. */
export type OutgoingBatch<Payload> = Pick<InFlightBatch<Payload>, "kind" | "chunks" | "lane"> & {
  readonly stored?: BatchBody;
};

/** The batches on their way, those that wait for another try included. */
export class InFlightBatches<Payload> {
  readonly #inFlight = new Set<InFlightBatch<Payload>>();
  #items = 0;
  #bytes = 0;
  #storing = 0;

  /** Those on their way to an exporter. */
  get size(): number {
    return this.#inFlight.size - this.#storing;
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
    for (const { chunks } of this.#inFlight) oldest = Math.min(oldest, chunks[0]?.order ?? Infinity);
    return oldest;
  }

  has(batch: InFlightBatch<Payload>): boolean {
    return this.#inFlight.has(batch);
  }

  begin({ kind, chunks, lane, stored }: OutgoingBatch<Payload>): InFlightBatch<Payload> {
    let items = stored?.items ?? 0;
    let bytes = stored?.body.reduce((sum, part) => sum + part.byteLength, 0) ?? 0;
    for (const chunk of chunks) {
      items += chunk.items;
      bytes += chunk.bytes;
    }
    const batch = { kind, chunks, lane, stored, items, bytes };
    this.#inFlight.add(batch);
    this.#count(batch, 1);
    return batch;
  }

  /** False when it has ended before, and is accounted for. */
  end(batch: InFlightBatch<Payload>): boolean {
    if (!this.#inFlight.delete(batch)) return false;
    this.#count(batch, -1);
    return true;
  }

  /** Ends all of them, and answers them. */
  endAll(): readonly InFlightBatch<Payload>[] {
    const all = [...this.#inFlight];
    for (const batch of all) this.end(batch);
    return all;
  }

  #count(batch: InFlightBatch<Payload>, sign: 1 | -1): void {
    this.#items += sign * batch.items;
    this.#bytes += sign * batch.bytes;
    if (batch.kind === "storing") this.#storing += sign;
  }
}
