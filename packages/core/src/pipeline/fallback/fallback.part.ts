import type { BodyStore } from "./body-store.ts";
import { Fallback, type FallbackParts } from "./fallback.ts";
import { Replay, type ReplayParts } from "./replay.ts";
import { RingStore, type RingStoreSettings } from "./ring-store.ts";

/** Puts batches away while no exporter takes them. */
export function createFallback<Payload>(parts: FallbackParts<Payload>): Fallback<Payload> {
  return new Fallback(parts);
}

/** Sends what was put away. */
export function createReplay<Payload>(parts: ReplayParts<Payload>): Replay<Payload> {
  return new Replay(parts);
}

/** Keeps it in memory. */
export function ringStore(settings: RingStoreSettings): BodyStore {
  return new RingStore(settings);
}
