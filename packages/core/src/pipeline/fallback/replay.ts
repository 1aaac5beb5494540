import type { Accounts } from "../delivery/accounts.ts";
import type { StoredBody } from "./body-store.ts";
import type { ExporterList } from "../delivery/exporter-list.ts";
import type { Exporter, Delivery } from "../delivery/exporter.ts";
import type { Dispatch } from "../delivery/dispatch.ts";
import type { Drops } from "../delivery/drops.ts";
import type { Fallback } from "./fallback.ts";
import type { InFlightBatches } from "../delivery/in-flight-batches.ts";
import type { PipelineLane } from "../queue/pipeline-lane.ts";

export interface ReplayParts<Payload> {
  readonly fallback: Fallback<Payload>;
  readonly exporters: ExporterList;
  readonly dispatch: Dispatch<Payload>;
  readonly inFlight: InFlightBatches<Payload>;
  readonly accounts: Accounts;
  readonly drops: Drops;
  /** On whose account a body is dropped that is refused now: a store does not know of lanes. */
  readonly lane: PipelineLane<Payload>;
  readonly now: () => number;
  /** Called when a delivery has ended, or turned out not to leave. */
  readonly ended: () => void;
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
    const { exporters, ended } = this.#parts;
    if (!this.isDue || exporters.choose(nowMs).choice !== "exporter") return;
    this.#isUnderWay = true;
    void this.#sendOldest().then(() => {
      this.#isUnderWay = false;
      ended();
    });
  }

  async #sendOldest(): Promise<void> {
    const { fallback, exporters, now } = this.#parts;
    const stored = await fallback.store.take();
    if (stored === undefined) return;
    const nowMs = now();
    const chosen = exporters.choose(nowMs);
    if (chosen.choice !== "exporter" || !chosen.exporter.breaker.allows(nowMs)) {
      fallback.store.settle(stored, "unsent");
      return;
    }
    fallback.taken(stored);
    await this.#deliver(stored, chosen.exporter);
  }

  async #deliver(stored: StoredBody, exporter: Exporter): Promise<void> {
    const { fallback, dispatch, inFlight, accounts, drops, lane, now } = this.#parts;
    const batch = inFlight.begin({ kind: "replay", chunks: [], lane, stored });
    let delivery: Delivery;
    try {
      delivery = await exporter.deliver(stored.body);
    } catch (error) {
      exporter.breaker.failed(now());
      if (!inFlight.end(batch)) return;
      fallback.settle(stored, "given-up");
      drops.unsendable(batch, error);
      return;
    }
    if (!inFlight.end(batch)) return;
    // It has waited before and may wait again: its age bounds it, not the tries of one outage.
    if (delivery.outcome === "exhausted" || delivery.outcome === "unsent") {
      fallback.settle(stored, "unsent");
      return;
    }
    fallback.settle(stored, delivery.outcome === "accepted" ? "delivered" : "given-up");
    if (delivery.outcome === "accepted" && stored.uncertain) {
      accounts.uncertain += batch.items;
      exporter.exported += batch.items;
    } else dispatch.settle(batch, delivery, exporter);
  }
}
