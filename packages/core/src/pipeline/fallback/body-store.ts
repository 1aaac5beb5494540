import type { BatchBody } from "../delivery/in-flight-batches.ts";

/** A body that was put away until a collector takes it. */
export interface StoredBody extends BatchBody {
  /** Whether it was on its way before, when a process ended, so that it may arrive twice. */
  readonly uncertain: boolean;
}

/** `full`: it cannot hold a body of this size. `unwritable`: not now, perhaps later. */
export type PutAway = "kept" | "full" | "unwritable";

/** What was found that processes had left. */
export interface Recovered {
  readonly items: number;
}

/** Keeps bodies while no exporter takes them, within its bounds, and gives them back in the order they came. */
export interface BodyStore {
  readonly kind: "file" | "ring";
  /** What it takes of its bound. */
  readonly bytes: number;
  /** Whether there is one to take. */
  readonly waiting: boolean;
  /** Looks for what processes left that have ended. Never rejects. */
  recover(): Promise<Recovered>;
  put(body: readonly Uint8Array[], items: number): Promise<PutAway>;
  /** Like `put`, before it returns: for a process that ends. */
  putNow(body: readonly Uint8Array[], items: number, uncertain: boolean): PutAway;
  /** The oldest one, which is under way from now on; undefined when there is none. Never rejects. */
  take(): Promise<StoredBody | undefined>;
  /** What became of one that was taken: it is forgotten, or waits again in its place. */
  settle(stored: StoredBody, became: "delivered" | "given-up" | "unsent"): void;
  /** Lets go of it. What is kept in files stays there. */
  close(): void;
}

/** Told of what a store lost: items that it had taken and will not give back. */
export type StoreLoss = (items: number, reason: "spool-full" | "spool-expired" | "spool-corrupt" | "ring-full") => void;

export function bodyBytes(body: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of body) bytes += part.byteLength;
  return bytes;
}
