import type { Accounts } from "./accounts.ts";
import type { BodyStore, StoredBody } from "./body-store.ts";
import type { Flight, Flights } from "./flights.ts";

export interface FallbackParts<Payload> {
  readonly store: BodyStore;
  readonly accounts: Accounts;
  readonly flights: Flights<Payload>;
  readonly assemble: (flight: Flight<Payload>) => readonly Uint8Array[];
  readonly now: () => number;
  /** Told of a batch that the store could not take, now (`putBack`) or ever. The flight has landed. */
  readonly notTaken: (flight: Flight<Payload>, why: "unwritable" | "full" | "encoding", error?: unknown) => void;
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
    return nowMs >= this.#pausedUntilMs && this.#parts.flights.storing < maxStoring;
  }

  /** From when on it takes batches again. */
  get readyAtMs(): number {
    return this.#parts.flights.storing < maxStoring ? this.#pausedUntilMs : Infinity;
  }

  get holdsSome(): boolean {
    return this.#isReady && this.store.waiting;
  }

  /** Looks for what an earlier process left. Never rejects. */
  async open(): Promise<void> {
    try {
      const { items } = await this.store.open();
      this.#parts.accounts.recovered += items;
      this.#parts.accounts.spooled += items;
    } catch {
      // A store that breaks its promise; what this process puts away is not affected.
    }
    this.#isReady = true;
  }

  /** Settles when the batch is put away, or when the flight has landed otherwise. Never rejects. */
  async put(flight: Flight<Payload>): Promise<void> {
    const { store, accounts, flights, notTaken } = this.#parts;
    let body: readonly Uint8Array[];
    try {
      body = this.#parts.assemble(flight);
    } catch (error) {
      if (flights.land(flight)) notTaken(flight, "encoding", error);
      return;
    }
    const put = await store.put(body, flight.items);
    if (put === "unwritable") this.#pausedUntilMs = this.#parts.now() + pauseMs;
    if (flights.land(flight)) {
      if (put === "kept") accounts.spooled += flight.items;
      else notTaken(flight, put);
    } else if (put === "kept") {
      // The process seemed to end meanwhile, and it was written a second time: it is there twice.
      accounts.recovered += flight.items;
      accounts.spooled += flight.items;
    }
  }

  /** Before it returns, for a process that ends. False when it could not. */
  putNow(flight: Flight<Payload>): boolean {
    const { store, accounts } = this.#parts;
    // Whatever was on its way, to the collector or to the disk, may be there.
    const uncertain = flight.kind !== "storing";
    try {
      const body = flight.stored?.body ?? this.#parts.assemble(flight);
      if (store.putNow(body, flight.items, uncertain) !== "kept") return false;
    } catch {
      return false;
    }
    accounts.spooled += flight.items;
    return true;
  }

  /** A body that was taken from the store goes on board. */
  launched(stored: StoredBody): void {
    this.#parts.accounts.spooled -= stored.items;
  }

  /** What became of one that was launched. */
  settle(stored: StoredBody, became: "delivered" | "given-up" | "unsent"): void {
    if (became === "unsent") this.#parts.accounts.spooled += stored.items;
    this.store.settle(stored, became);
  }
}
