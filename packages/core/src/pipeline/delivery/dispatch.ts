import type { Accounts } from "../accounts.ts";
import type { QueuedChunk } from "../queue/chunk-queue.ts";
import type { Courier, Delivery } from "./courier.ts";
import type { Drops } from "../drops.ts";
import type { ExportPipelineParts } from "../export-parts.ts";
import type { Fallback } from "../fallback/fallback.ts";
import type { Boarding, Flight, Flights } from "./flights.ts";

export interface DispatchParts<Payload> extends Pick<ExportPipelineParts<Payload>, "unit" | "split" | "done"> {
  readonly accounts: Accounts;
  readonly flights: Flights<Payload>;
  readonly drops: Drops;
  readonly fallback: Fallback<Payload> | undefined;
  /** Makes the body of a batch. May throw. */
  readonly assemble: (chunks: readonly QueuedChunk<Payload>[]) => readonly Uint8Array[];
  readonly now: () => number;
  /** Called when a batch has landed. */
  readonly landed: () => void;
}

/** Sends batches by couriers, in halves where one is too large, and settles what became of each: delivered, dropped, put back or put away. */
export class Dispatch<Payload> {
  readonly #parts: DispatchParts<Payload>;

  constructor(parts: DispatchParts<Payload>) {
    this.#parts = parts;
  }

  /** The courier's breaker has allowed it. */
  send({ chunks, lane }: Pick<Boarding<Payload>, "chunks" | "lane">, courier: Courier): void {
    const { flights, landed } = this.#parts;
    void this.#fly(flights.board({ kind: "sending", chunks, lane }), courier).then(landed);
  }

  /** What became of a flight that has just landed. */
  settle(flight: Flight<Payload>, delivery: Delivery, courier: Courier): void {
    const { accounts, drops, fallback, unit, done } = this.#parts;
    const { chunks, lane, items } = flight;
    switch (delivery.outcome) {
      case "accepted": {
        const rejected = accounts.delivered(courier, items, delivery.rejected);
        if (rejected > 0 || delivery.message !== undefined) {
          courier.log.partlyRejected({ items: rejected, unit, message: delivery.message });
        }
        if (rejected > 0) drops.of(lane, rejected, "rejected");
        if (courier.sender.keepsNothing === true) done?.(chunks);
        return;
      }
      case "refused":
        courier.log.refused({ items, unit, reason: delivery.reason });
        drops.of(lane, items, "refused");
        return;
      case "exhausted":
        if (fallback?.putAway(flight) !== true) drops.of(lane, items, "retries-exhausted");
        return;
      case "unsent":
        lane.putBack(chunks);
    }
  }

  async #fly(flight: Flight<Payload>, courier: Courier): Promise<void> {
    const { flights, drops, assemble, now } = this.#parts;
    let delivery: Delivery | undefined;
    try {
      delivery = await courier.deliver(assemble(flight.chunks));
    } catch (error) {
      courier.breaker.failed(now());
      if (flights.land(flight)) drops.unsendable(flight, error);
      return;
    }
    if (!flights.land(flight)) return;
    const halves = delivery.outcome === "refused" && delivery.status === 413 ? this.#halves(flight.chunks) : undefined;
    if (halves === undefined) this.settle(flight, delivery, courier);
    else await this.#flyInHalves(flight, halves, courier);
  }

  /** Undefined when a batch cannot be made smaller. */
  #halves(chunks: readonly QueuedChunk<Payload>[]): readonly (readonly QueuedChunk<Payload>[])[] | undefined {
    const middle = chunks.length >> 1;
    if (middle > 0) return [chunks.slice(0, middle), chunks.slice(middle)];
    const [only] = chunks;
    if (only === undefined) return undefined;
    const { order, sinceMs } = only;
    return this.#parts.split?.(only)?.map((half) => [{ ...half, order, sinceMs }]);
  }

  /** For a collector that takes smaller bodies than ours. One half after the other, in the slot of the whole. */
  async #flyInHalves(
    { lane }: Flight<Payload>,
    halves: readonly (readonly QueuedChunk<Payload>[])[],
    courier: Courier,
  ): Promise<void> {
    const flights = halves.map((chunks) => this.#parts.flights.board({ kind: "sending", chunks, lane }));
    for (const flight of flights) await this.#fly(flight, courier);
  }
}
