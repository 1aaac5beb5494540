import {
  bodyBytes,
  type BodyStore,
  type PutAway,
  type Recovered,
  type StoredBody,
  type StoreLoss,
} from "./body-store.ts";

export interface RingStoreSettings {
  readonly maxBytes: number;
  readonly lost: StoreLoss;
}

/** Keeps the newest bodies in memory, no more than its bound in bytes: the oldest make room. */
export class RingStore implements BodyStore {
  readonly kind = "ring";
  readonly #settings: RingStoreSettings;
  #bodies: StoredBody[] = [];
  #bytes = 0;

  constructor(settings: RingStoreSettings) {
    this.#settings = settings;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waiting(): boolean {
    return this.#bodies.length > 0;
  }

  recover(): Promise<Recovered> {
    return Promise.resolve({ items: 0 });
  }

  put(body: readonly Uint8Array[], items: number): Promise<PutAway> {
    return Promise.resolve(this.putNow(body, items, false));
  }

  putNow(body: readonly Uint8Array[], items: number, uncertain: boolean): PutAway {
    const bytes = bodyBytes(body);
    if (bytes > this.#settings.maxBytes) return "full";
    while (this.#bytes + bytes > this.#settings.maxBytes) this.#loseOldest();
    this.#bodies.push({ items, body, uncertain });
    this.#bytes += bytes;
    return "kept";
  }

  take(): Promise<StoredBody | undefined> {
    const first = this.#bodies.shift();
    if (first !== undefined) this.#bytes -= bodyBytes(first.body);
    return Promise.resolve(first);
  }

  settle(stored: StoredBody, became: "delivered" | "given-up" | "unsent"): void {
    if (became !== "unsent") return;
    this.#bodies.unshift(stored);
    this.#bytes += bodyBytes(stored.body);
    while (this.#bytes > this.#settings.maxBytes) this.#loseOldest();
  }

  close(): void {
    this.#bodies = [];
    this.#bytes = 0;
  }

  #loseOldest(): void {
    const first = this.#bodies.shift();
    if (first === undefined) return;
    this.#bytes -= bodyBytes(first.body);
    this.#settings.lost(first.items, "ring-full");
  }
}
