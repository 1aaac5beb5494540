import type { Courier } from "./courier.ts";

/** Who carries the next batch. `wait`: nobody now, and it stays where it is. `none`: every exporter's breaker holds it back. */
export type Choice =
  | { readonly choice: "courier"; readonly courier: Courier }
  | { readonly choice: "wait" }
  | { readonly choice: "none" };

const wait: Choice = { choice: "wait" };
const none: Choice = { choice: "none" };

/** Exporters in their order: the next is used while the breakers of those before it are not closed and let nothing through. */
export class CourierList {
  readonly all: readonly Courier[];

  constructor(couriers: readonly Courier[]) {
    this.all = couriers;
  }

  /** The choice of a courier takes its breaker's word: a delivery must follow. */
  choose(nowMs: number, underWay: number, maxUnderWay: number): Choice {
    for (const courier of this.all) {
      const { breaker, destination } = courier;
      if (breaker.readyAtMs > nowMs) continue;
      if (destination.readyAtMs > nowMs) {
        if (breaker.state === "closed") return wait;
        continue;
      }
      // One batch at a time finds out whether it can be reached again.
      if (underWay >= (destination.unreachable ? 1 : maxUnderWay)) return wait;
      if (breaker.allows(nowMs)) return { choice: "courier", courier };
    }
    return none;
  }

  /** Whether `choose` would answer `none`. */
  isHeldBack(nowMs: number): boolean {
    return this.all.every(
      ({ breaker, destination }) =>
        breaker.readyAtMs > nowMs || (destination.readyAtMs > nowMs && breaker.state !== "closed"),
    );
  }

  /** When one of them may be tried; Infinity while each waits for the end of a trial call. */
  get readyAtMs(): number {
    return this.all.reduce(
      (atMs, { breaker, destination }) => Math.min(atMs, Math.max(breaker.readyAtMs, destination.readyAtMs)),
      Infinity,
    );
  }

  hurry(): void {
    for (const { breaker, destination } of this.all) {
      breaker.hurry();
      destination.hurry();
    }
  }

  close(): void {
    for (const courier of this.all) courier.close();
  }
}
