import type { Accounts } from "./accounts.ts";
import type { QueuedChunk } from "../queue/chunk-queue.ts";
import type { Exporter, Delivery } from "./exporter.ts";
import type { Drops } from "./drops.ts";
import type { Chunk } from "../queue/chunk.ts";
import type { InFlightBatch, InFlightBatches, OutgoingBatch } from "./in-flight-batches.ts";

/** What a pipeline knows of what it carries. */
export interface PayloadParts<Payload> {
  /** What an item is, in the plural: `spans`. */
  readonly unit: string;
  /** Told of chunks that nobody looks at any more: they were accepted, or dropped before they were ever sent. */
  readonly done?: ((chunks: readonly Chunk<Payload>[]) => void) | undefined;
  /** Halves a chunk, for a collector to which it alone is too large; undefined when it cannot be halved. By default none can. */
  readonly split?: ((chunk: Chunk<Payload>) => readonly [Chunk<Payload>, Chunk<Payload>] | undefined) | undefined;
}

export interface DispatchParts<Payload> extends PayloadParts<Payload> {
  readonly accounts: Accounts;
  readonly inFlight: InFlightBatches<Payload>;
  readonly drops: Drops;
  /** Puts a batch away that was tried often enough; false when nothing takes it. */
  readonly putAway: ((batch: InFlightBatch<Payload>) => boolean) | undefined;
  /** Makes the body of a batch. May throw. */
  readonly assemble: (chunks: readonly QueuedChunk<Payload>[]) => readonly Uint8Array[];
  readonly now: () => number;
  /** Called when a batch has ended. */
  readonly ended: () => void;
}

/** How many more requests of a batch that is sent in halves may be found too large than are taken: enough to find a few items in thousands that are. */
const maxInVain = 64;

/** What became of a batch so far, over the halves of its halves. */
interface Course {
  /** How many more may be found too large. */
  left: number;
  /** The bytes of the largest that was taken. */
  takenBytes: number;
  /** Of the last one that was too large. */
  refusal: Delivery | undefined;
}

/** Sends batches by exporters, in halves where one is or would be too large, and settles what became of each: delivered, dropped, put back or put away. */
export class Dispatch<Payload> {
  readonly #parts: DispatchParts<Payload>;

  constructor(parts: DispatchParts<Payload>) {
    this.#parts = parts;
  }

  /** The exporter's breaker has allowed it. */
  send({ chunks, lane }: Pick<OutgoingBatch<Payload>, "chunks" | "lane">, exporter: Exporter): void {
    const { inFlight, ended } = this.#parts;
    const course: Course = { left: maxInVain, takenBytes: 0, refusal: undefined };
    void this.#deliver(inFlight.begin({ kind: "sending", chunks, lane }), exporter, course).then(ended);
  }

  /** What became of a batch that has just ended. */
  settle(batch: InFlightBatch<Payload>, delivery: Delivery, exporter: Exporter): void {
    const { accounts, drops, putAway, unit, done } = this.#parts;
    const { chunks, lane, items } = batch;
    switch (delivery.outcome) {
      case "accepted": {
        const rejected = accounts.delivered(exporter, items, delivery.rejected);
        if (rejected > 0 || delivery.message !== undefined) {
          exporter.log.partlyRejected({ items: rejected, unit, message: delivery.message });
        }
        if (rejected > 0) drops.of(lane, rejected, "rejected");
        if (exporter.sender.keepsNothing === true) done?.(chunks);
        return;
      }
      case "refused":
        exporter.log.refused({
          items,
          unit,
          reason: delivery.reason,
          destination: exporter.sender.destination,
        });
        drops.of(lane, items, "refused");
        return;
      case "exhausted":
        if (putAway?.(batch) !== true) drops.of(lane, items, "retries-exhausted");
        return;
      case "unsent":
        lane.putBack(chunks);
    }
  }

  async #deliver(batch: InFlightBatch<Payload>, exporter: Exporter, course: Course): Promise<void> {
    const { inFlight, drops, assemble, now } = this.#parts;
    const { chunks, lane, bytes } = batch;
    const known = exporter.batchLimit.allows(bytes) ? undefined : this.#halves(chunks);
    if (known !== undefined) {
      if (inFlight.end(batch)) await this.#deliverInHalves({ lane, halves: known }, exporter, course);
      return;
    }
    let delivery: Delivery | undefined;
    try {
      delivery = await exporter.deliver(assemble(chunks));
    } catch (error) {
      exporter.breaker.failed(now());
      if (inFlight.end(batch)) drops.unsendable(batch, error);
      return;
    }
    if (!inFlight.end(batch)) return;
    const isTooLarge = delivery.outcome === "refused" && delivery.status === 413;
    if (isTooLarge) {
      course.left--;
      course.refusal = delivery;
      // Where more than that was taken it is something in this one, and not its size.
      if (bytes > course.takenBytes) exporter.batchLimit.tooLarge(bytes);
    } else if (delivery.outcome === "accepted") {
      course.left++;
      course.takenBytes = Math.max(course.takenBytes, bytes);
      exporter.batchLimit.taken(bytes);
    }
    const halves = isTooLarge && course.left > 0 ? this.#halves(chunks) : undefined;
    if (halves === undefined) this.settle(batch, delivery, exporter);
    else await this.#deliverInHalves({ lane, halves }, exporter, course);
  }

  /** Undefined when a batch cannot be made smaller. */
  #halves(chunks: readonly QueuedChunk<Payload>[]): Halves<Payload> | undefined {
    const middle = chunks.length >> 1;
    if (middle > 0) return [chunks.slice(0, middle), chunks.slice(middle)];
    const [only] = chunks;
    if (only === undefined) return undefined;
    const { order, sinceMs, wasTaken } = only;
    return this.#parts.split?.(only)?.map((half) => [{ ...half, order, sinceMs, wasTaken }]);
  }

  /** One half after the other, in the slot of the whole. Once too many were too large the rest is refused unasked. */
  async #deliverInHalves(
    { lane, halves }: Pick<OutgoingBatch<Payload>, "lane"> & { halves: Halves<Payload> },
    exporter: Exporter,
    course: Course,
  ): Promise<void> {
    const { inFlight } = this.#parts;
    const batches = halves.map((chunks) => inFlight.begin({ kind: "sending", chunks, lane }));
    for (const batch of batches) {
      if (course.left > 0 || course.refusal === undefined) await this.#deliver(batch, exporter, course);
      else if (inFlight.end(batch)) this.settle(batch, course.refusal, exporter);
    }
  }
}

type Halves<Payload> = readonly (readonly QueuedChunk<Payload>[])[];
