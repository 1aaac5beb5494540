import type { Accounts } from "../accounts.ts";
import type { StoredBody } from "./body-store.ts";
import type { CourierList } from "../delivery/courier-list.ts";
import type { Courier, Delivery } from "../delivery/courier.ts";
import type { Dispatch } from "../delivery/dispatch.ts";
import type { Drops } from "../drops.ts";
import type { Fallback } from "./fallback.ts";
import type { Flights } from "../delivery/flights.ts";
import type { PipelineLane } from "../queue/pipeline-lane.ts";

export interface ReplayParts<Payload> {
  readonly fallback: Fallback<Payload>;
  readonly couriers: CourierList;
  readonly dispatch: Dispatch<Payload>;
  readonly flights: Flights<Payload>;
  readonly accounts: Accounts;
  readonly drops: Drops;
  /** On whose account a body is dropped that is refused now: a store does not know of lanes. */
  readonly lane: PipelineLane<Payload>;
  readonly now: () => number;
  /** Called when a body has landed, or turned out not to leave. */
  readonly landed: () => void;
}

/** Sends what the fallback's store holds once an exporter takes batches again: the oldest first, one at a time, so that they arrive in their order. */
export class Replay<Payload> {
  readonly #parts: ReplayParts<Payload>;
  #isUnderWay = false;

  constructor(parts: ReplayParts<Payload>) {
    this.#parts = parts;
  }

  /** Whether a body waits for an exporter; false while one is under way, whose end makes the next one due. */
  get isDue(): boolean {
    return !this.#isUnderWay && this.#parts.fallback.holdsSome;
  }

  /** Sends the next body, where one is due and an exporter takes it. */
  begin(nowMs: number): void {
    const { couriers, landed } = this.#parts;
    if (!this.isDue || couriers.choose(nowMs).choice !== "courier") return;
    this.#isUnderWay = true;
    void this.#sendOldest().then(() => {
      this.#isUnderWay = false;
      landed();
    });
  }

  async #sendOldest(): Promise<void> {
    const { fallback, couriers, now } = this.#parts;
    const stored = await fallback.store.take();
    if (stored === undefined) return;
    const nowMs = now();
    const chosen = couriers.choose(nowMs);
    if (chosen.choice !== "courier" || !chosen.courier.breaker.allows(nowMs)) {
      fallback.store.settle(stored, "unsent");
      return;
    }
    fallback.launched(stored);
    await this.#fly(stored, chosen.courier);
  }

  async #fly(stored: StoredBody, courier: Courier): Promise<void> {
    const { fallback, dispatch, flights, accounts, drops, lane, now } = this.#parts;
    const flight = flights.board({ kind: "replay", chunks: [], lane, stored });
    let delivery: Delivery;
    try {
      delivery = await courier.deliver(stored.body);
    } catch (error) {
      courier.breaker.failed(now());
      if (!flights.land(flight)) return;
      fallback.settle(stored, "given-up");
      drops.unsendable(flight, error);
      return;
    }
    if (!flights.land(flight)) return;
    // It has waited before and may wait again: its age bounds it, not the tries of one outage.
    if (delivery.outcome === "exhausted" || delivery.outcome === "unsent") {
      fallback.settle(stored, "unsent");
      return;
    }
    fallback.settle(stored, delivery.outcome === "accepted" ? "delivered" : "given-up");
    if (delivery.outcome === "accepted" && stored.uncertain) {
      accounts.uncertain += flight.items;
      courier.exported += flight.items;
    } else dispatch.settle(flight, delivery, courier);
  }
}
