import type { Accounts } from "../delivery/accounts.ts";
import type { BodyStore, StoredBody } from "./body-store.ts";
import type { QueuedChunk } from "../queue/chunk-queue.ts";
import type { Drops } from "../delivery/drops.ts";
import type { InFlightBatch, InFlightBatches, OutgoingBatch } from "../delivery/in-flight-batches.ts";
import type { PipelineLane } from "../queue/pipeline-lane.ts";

export interface FallbackParts<Payload> {
  readonly store: BodyStore;
  readonly accounts: Accounts;
  readonly inFlight: InFlightBatches<Payload>;
  readonly drops: Drops;
  /** Makes the body of a batch. May throw. */
  readonly assemble: (chunks: readonly QueuedChunk<Payload>[]) => readonly Uint8Array[];
  readonly now: () => number;
  /** Called when a batch is put away, or has ended otherwise. */
  readonly ended: () => void;
}

const pauseMs = 10_000;
/** Bodies on their way to the store at once. */
const maxStoring = 2;

/** Puts batches away while no exporter takes them, and keeps the accounts of what is put away. */
export class Fallback<Payload> {
  readonly store: BodyStore;
  readonly #parts: FallbackParts<Payload>;
  #pausedUntilMs = -Infinity;
  #isReady = false;

  constructor(parts: FallbackParts<Payload>) {
    this.store = parts.store;
    this.#parts = parts;
  }

  /** Whether it takes a batch now. Not for a while after the disk refused one: then the lanes keep it within their bounds. */
  takes(nowMs: number): boolean {
    return nowMs >= this.#pausedUntilMs && this.#parts.inFlight.storing < maxStoring;
  }

  /** From when on it takes batches again. */
  get readyAtMs(): number {
    return this.#parts.inFlight.storing < maxStoring ? this.#pausedUntilMs : Infinity;
  }

  get holdsSome(): boolean {
    return this.#isReady && this.store.waiting;
  }

  /** Looks for what processes left that have ended. Never rejects. */
  async recover(): Promise<void> {
    try {
      const { items } = await this.store.recover();
      this.#parts.accounts.recovered += items;
      this.#parts.accounts.spooled += items;
    } catch {
      // A store that breaks its promise; what this process puts away is not affected.
    }
    this.#isReady = true;
  }

  /** Puts a batch away; false when it takes none now, and the batch is whose it was. */
  putAway({ chunks, lane }: Pick<OutgoingBatch<Payload>, "chunks" | "lane">): boolean {
    const { inFlight, now, ended } = this.#parts;
    if (!this.takes(now())) return false;
    void this.#put(inFlight.begin({ kind: "storing", chunks, lane })).then(ended);
    return true;
  }

  /** The same for a chunk that a lane has no room for. */
  spill(lane: PipelineLane<Payload>, chunk: QueuedChunk<Payload>): boolean {
    const { inFlight, now, ended } = this.#parts;
    if (!this.takes(now())) return false;
    const batch = inFlight.begin({ kind: "storing", chunks: [chunk], lane });
    // Not in the call that added a chunk: that one belongs to a request.
    void Promise.resolve()
      .then(() => this.#put(batch))
      .then(ended);
    return true;
  }

  /** Settles when the batch is put away, or has ended otherwise. Never rejects. */
  async #put(batch: InFlightBatch<Payload>): Promise<void> {
    const { store, accounts, inFlight, drops } = this.#parts;
    let body: readonly Uint8Array[];
    try {
      body = this.#parts.assemble(batch.chunks);
    } catch (error) {
      if (inFlight.end(batch)) drops.unsendable(batch, error);
      return;
    }
    const put = await store.put(body, batch.items);
    if (put === "unwritable") this.#pausedUntilMs = this.#parts.now() + pauseMs;
    if (inFlight.end(batch)) {
      if (put === "kept") accounts.spooled += batch.items;
      else if (put === "unwritable") batch.lane.putBack(batch.chunks);
      else drops.of(batch.lane, batch.items, "spool-full");
    } else if (put === "kept") {
      // The process seemed to end meanwhile, and it was written a second time: it is there twice.
      accounts.recovered += batch.items;
      accounts.spooled += batch.items;
    }
  }

  /** Before it returns, for a process that ends. False when it could not. */
  putNow(batch: InFlightBatch<Payload>): boolean {
    const { store, accounts } = this.#parts;
    // Whatever was on its way, to the collector or to the disk, may be there.
    const uncertain = batch.kind !== "storing";
    try {
      const body = batch.stored?.body ?? this.#parts.assemble(batch.chunks);
      if (store.putNow(body, batch.items, uncertain) !== "kept") return false;
    } catch {
      return false;
    }
    accounts.spooled += batch.items;
    return true;
  }

  /** A body that was taken from the store is under way. */
  taken(stored: StoredBody): void {
    this.#parts.accounts.spooled -= stored.items;
  }

  /** What became of one that was taken. */
  settle(stored: StoredBody, became: "delivered" | "given-up" | "unsent"): void {
    if (became === "unsent") this.#parts.accounts.spooled += stored.items;
    this.store.settle(stored, became);
  }
}
