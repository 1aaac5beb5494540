import type { SpanData } from "../../model/span-data.ts";
import { parentsFirst } from "../../tracing/span/parents-first.ts";
import type { ExchangeHost } from "../exchange-host.ts";

/** Children that may be held: for a decision that waits for the route, and for a request that may still be kept. */
const maxHeldSpans = 64;
/** Children of a sampled request that wait for its end, to go with it to its lane. With more of them none waits. */
const maxWaitingSpans = 128;

/** A lane, undefined for the one of all; null where nothing goes yet. */
export type LaneOrNone = string | undefined | null;

/**
 * The child spans of one request: how many there are, and those that have ended and wait until it is known what becomes of it. Made with the
 * first that is recorded or held; most requests have none.
 */
export class ChildSpans {
  readonly #host: Pick<ExchangeHost, "held" | "tracing" | "sink" | "drops">;
  #count = 0;
  #waiting: SpanData[] | undefined = undefined;
  #lane: LaneOrNone;

  /** @param lane where the request's span went if it was written before its first child began, else null: they wait */
  constructor(host: Pick<ExchangeHost, "held" | "tracing" | "sink" | "drops">, lane: LaneOrNone) {
    this.#host = host;
    this.#lane = lane;
  }

  /** Whether a decision should not wait for the route any longer. */
  get areTooMany(): boolean {
    return this.#count >= maxHeldSpans;
  }

  /** Whether those that end still wait. */
  get areWaiting(): boolean {
    return this.#lane === null;
  }

  /** Whether one more that ends has no room to wait: here, or over all requests. */
  get isFull(): boolean {
    return (this.#waiting?.length ?? 0) >= maxWaitingSpans || this.#host.held.isFull;
  }

  /**
   * Takes a place for a child that begins; false when there is none, which is counted.
   *
   * @param perhaps whether the request is not sampled, and the child is held in case it is kept
   */
  takePlace(perhaps: boolean): boolean {
    const { held, tracing, drops } = this.#host;
    if (perhaps && (this.areTooMany || held.isFull)) {
      drops.add("held-overflow");
      return false;
    }
    return tracing.takePlace(this.#count++, perhaps);
  }

  /** Takes a child that has ended: it waits, or is written where they were let go. One that finds no room to wait is dropped. */
  add(span: SpanData): void {
    const { held, sink, drops } = this.#host;
    if (this.#lane !== null) sink.write(span, this.#lane);
    else if (held.take()) (this.#waiting ??= []).push(span);
    else drops.add("held-overflow");
  }

  /**
   * Lets go those that wait, and from now on all others at once.
   *
   * @param areAdmitted whether they are a sampled request's, which were admitted when they began. Others are asked for now, parents first.
   */
  release(lane: string | undefined, areAdmitted: boolean): void {
    const { held, sink, tracing } = this.#host;
    const waiting = this.#waiting;
    this.#lane = lane;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    held.release(waiting.length);
    const ordered = areAdmitted ? waiting : parentsFirst(waiting);
    for (const child of ordered) if (areAdmitted || tracing.admit()) sink.write(child, lane);
  }

  /** Forgets those that still wait: their request is over, and was not written. */
  forget(): void {
    if (this.#waiting === undefined) return;
    this.#host.held.release(this.#waiting.length);
    this.#waiting = undefined;
  }
}
