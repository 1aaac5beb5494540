import type { SpanData } from "../../model/span-data.ts";
import type { Tally } from "../../tally/tally.ts";
import type { SpanSink } from "./span-sink.ts";
import type { Tracing } from "./tracing.ts";
import { WaitingSpans } from "./waiting-spans.ts";

/** Children that may be held: for a decision that waits for the route, and for a request that may still be kept. */
const maxHeldSpans = 64;

/** A lane, undefined for the one of all; null where nothing goes yet. */
export type LaneOrNone = string | undefined | null;

/** What the children of all requests share. */
export interface ChildSpansHost {
  readonly tracing: Pick<Tracing, "held" | "takePlace" | "admit"> & Partial<Pick<Tracing, "dropped">>;
  readonly sink: SpanSink;
  /** Takes the drops: `held-overflow`. */
  readonly drops: Tally;
}

/**
 * The child spans of one request: how many there are, and those that have ended and wait until it is known what becomes of it. Made with the
 * first that is recorded or held; most requests have none.
 */
export class ChildSpans {
  readonly #host: ChildSpansHost;
  #count = 0;
  #waiting: WaitingSpans | undefined = undefined;
  #lane: LaneOrNone;

  /** @param lane where the request's span went if it was written before its first child began, else null: they wait */
  constructor(host: ChildSpansHost, lane: LaneOrNone) {
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

  /** Whether those of a sampled request should not wait for its end. */
  get shouldLeave(): boolean {
    return this.#waiting === undefined ? this.#host.tracing.held.isCrowded : this.#waiting.areTooMany;
  }

  /**
   * Takes a place for a child that begins; false when there is none, which is counted.
   *
   * @param perhaps whether the request is not sampled, and the child is held in case it is kept
   * @param isWhole whether the request is traced for a ticket, which no governor makes less of
   */
  takePlace(perhaps: boolean, isWhole = false): boolean {
    const { tracing, drops } = this.#host;
    if (perhaps && (this.areTooMany || tracing.held.isFull)) {
      drops.add("held-overflow");
      return false;
    }
    return tracing.takePlace(this.#count++, perhaps, isWhole);
  }

  /** Takes a child that has ended: it waits, or is written where they were let go. One that finds no room to wait is dropped. */
  add(span: SpanData): void {
    const { tracing, sink, drops } = this.#host;
    if (this.#lane !== null) sink.write(span, this.#lane);
    else if (!(this.#waiting ??= new WaitingSpans(tracing.held)).add(span)) {
      drops.add("held-overflow");
      tracing.dropped?.(span);
    }
  }

  /**
   * Lets go those that wait, and from now on all others at once.
   *
   * @param areAdmitted whether they are a sampled request's, which were admitted when they began. Others are asked for now, parents first.
   */
  release(lane: string | undefined, areAdmitted: boolean): void {
    const { sink, tracing } = this.#host;
    const waiting = this.#waiting?.takeAll();
    this.#lane = lane;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    const ordered = areAdmitted ? waiting : parentsFirst(waiting);
    for (const child of ordered) {
      if (areAdmitted || tracing.admit()) sink.write(child, lane);
      else tracing.dropped?.(child);
    }
  }

  /** Forgets those that still wait: their request is over, and was not written. */
  forget(): void {
    this.#waiting?.takeAll();
    this.#waiting = undefined;
  }
}

/** The spans in an order in which no span comes before its parent; else as they were. */
function parentsFirst(spans: readonly SpanData[]): readonly SpanData[] {
  if (spans.length < 2) return spans;
  const byId = new Map(spans.map((span) => [idOf(span.s0, span.s1), span]));
  const ordered = new Set<SpanData>();
  for (const span of spans) {
    const line: SpanData[] = [];
    let at: SpanData | undefined = span;
    while (at !== undefined && !ordered.has(at) && line.length <= spans.length) {
      line.push(at);
      at = byId.get(idOf(at.p0, at.p1));
    }
    for (const each of line.toReversed()) ordered.add(each);
  }
  return [...ordered];
}

function idOf(high: number, low: number): string {
  return `${high},${low}`;
}
