import { AsyncLocalStorage } from "node:async_hooks";
import { Tally } from "../tally/tally.ts";
import { Alarm } from "./alarm.ts";
import { Batcher, type Waiting } from "./batcher.ts";
import { type Breaker, closedBreaker } from "./breaker.ts";
import type { Chunk } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";
import { CollectorLog } from "./collector-log.ts";
import { Courier, type Delivery } from "./courier.ts";
import type { ExportPipelineParts } from "./export-parts.ts";
import type { ExportStatus } from "./export-status.ts";
import { type Flight, Flights } from "./flights.ts";
import { FlushQueue } from "./flush-queue.ts";
import { Lane } from "./lane.ts";
import { LossLog } from "./loss-log.ts";
import { startTimer } from "./timers.ts";

// How soon to ask a breaker again that is open.
const breakerPollMs = 1_000;

/**
 * Brings chunks to a collector in batches, at most so many at once, and accounts for every item.
 *
 * Nothing leaves inside the call that added it. While the collector cannot be reached or asked for a pause, chunks stay in the lane, within its
 * bound, and leave when it is back. After `shutdown` every chunk is a drop. No method throws or rejects.
 */
export class ExportPipeline<Payload = unknown> {
  readonly #parts: ExportPipelineParts<Payload>;
  readonly #now: () => number;
  readonly #lane: Lane<Payload>;
  readonly #batcher: Batcher;
  readonly #breaker: Breaker;
  readonly #courier: Courier;
  readonly #collectorLog: CollectorLog;
  readonly #lossLog: LossLog;
  readonly #alarm: Alarm;
  readonly #flushes: FlushQueue;
  readonly #flights = new Flights<Payload>();
  readonly #drops = new Tally();
  // Timers and sockets made here must not keep the context of the request that happened to add a chunk.
  readonly #outsideRequests = AsyncLocalStorage.snapshot();
  #accepted = 0;
  #exported = 0;
  #pumping = false;
  #breakerAskedMs = -Infinity;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  constructor(parts: ExportPipelineParts<Payload>) {
    const { settings, sender, diagnostics, endpointGiven } = parts;
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#lane = new Lane<Payload>({
      ...settings.queue,
      onDrop: (drop) => this.#drop(drop.items, drop.reason),
    });
    this.#batcher = new Batcher({
      ...settings.batch,
      // A lane must have room for a second batch while the first one gathers, or chunks would be dropped that nobody tried to send.
      maxItems: Math.min(settings.batch.maxItems, settings.queue.maxItems / 2),
      maxBytes: Math.min(settings.batch.maxBytes, settings.queue.maxBytes / 2),
    });
    this.#breaker = parts.breaker ?? closedBreaker;
    this.#collectorLog =
      parts.collectorLog ?? new CollectorLog({ collector: sender.destination, endpointGiven, diagnostics });
    this.#lossLog = new LossLog(parts.unit, diagnostics);
    const timing = { now: this.#now, startTimer: parts.startTimer ?? startTimer };
    this.#courier = new Courier({
      ...timing,
      sender,
      breaker: this.#breaker,
      log: this.#collectorLog,
      retry: settings.retry,
      random: parts.random ?? Math.random,
    });
    this.#alarm = new Alarm({ ...timing, ring: () => this.#pump() });
    this.#flushes = new FlushQueue(timing);
    this.#arm();
  }

  /** Takes a chunk, and drops older ones when there is no room. `sinceMs` is when its oldest item was written, now by default. */
  add(chunk: Chunk<Payload>, sinceMs: number = this.#now()): void {
    this.#accepted += chunk.items;
    if (this.#closed) {
      this.#drop(chunk.items, "shutdown");
      return;
    }
    this.#lane.add(chunk, sinceMs);
    if (!this.#pumping) this.#outsideRequests(() => this.#arm());
  }

  /**
   * Sends what is there now without waiting for full batches, and keeps the process alive meanwhile. True when all of it has left or is
   * accounted for as a drop; false when the deadline passed, or when nothing could leave before it. Never rejects.
   */
  flush(deadlineMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(true);
    this.#parts.source?.seal();
    return this.#flushUntil(deadlineMs, this.#lane.nextOrder);
  }

  /** Sends all that is there and comes until then, for `deadlineMs` at most; what is left is dropped. A second call awaits the first. */
  shutdown(deadlineMs: number): Promise<void> {
    this.#shutdown ??= this.#flushUntil(deadlineMs, Infinity).then(() => this.#close());
    return this.#shutdown;
  }

  status(): ExportStatus {
    const dropped = this.#drops.total;
    return {
      writing: this.#parts.source?.items ?? 0,
      accepted: this.#accepted,
      exported: this.#exported,
      queued: this.#lane.items,
      queuedBytes: this.#lane.bytes,
      inFlight: this.#flights.items,
      dropped,
      drops: this.#drops.snapshot(),
      capacity: this.#parts.settings.queue,
      tries: this.#courier.tries,
      failedTries: this.#courier.failedTries,
      sentBytes: this.#courier.sentBytes,
      collector: this.#reach(),
    };
  }

  #flushUntil(deadlineMs: number, order: number): Promise<boolean> {
    const flushed = this.#flushes.add(order, deadlineMs);
    this.#courier.destination.hurry();
    this.#outsideRequests(() => this.#pump());
    return flushed;
  }

  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    const nowMs = this.#now();
    this.#lossLog.look(nowMs);
    while (this.#hasSlot() && this.#leavesAtMs(nowMs) <= nowMs) {
      if (!this.#batcher.isFull(this.#lane)) this.#parts.source?.seal();
      if (this.#lane.oldestOrder === Infinity) break;
      if (!this.#breaker.allows(nowMs)) {
        this.#breakerAskedMs = nowMs;
        break;
      }
      const { maxItems, maxBytes } = this.#parts.settings.batch;
      this.#launch(this.#lane.take(maxItems, maxBytes));
    }
    this.#pumping = false;
    this.#answerFlushes();
    this.#arm();
  }

  #hasSlot(): boolean {
    return this.#flights.size < (this.#courier.destination.unreachable ? 1 : this.#parts.settings.maxConcurrentExports);
  }

  /** When the next batch may leave, if nothing else happens. */
  #leavesAtMs(nowMs: number): number {
    const waiting = this.#waiting();
    const wanted = this.#isFlushed(waiting) ? nowMs : this.#batcher.leavesAtMs(waiting, nowMs);
    return Math.max(wanted, this.#courier.destination.readyAtMs, this.#breakerAskedMs + breakerPollMs);
  }

  /** Whether somebody waits for what is there. Only a shutdown waits for what is still being written; a flush has sealed its part. */
  #isFlushed(waiting: Waiting): boolean {
    const order = this.#flushes.order;
    return this.#lane.oldestOrder < order || (order === Infinity && waiting.items > 0);
  }

  #waiting(): Waiting {
    const { source } = this.#parts;
    const queued = this.#lane.oldestMs;
    if (source === undefined || source.oldestMs === undefined) {
      return { items: this.#lane.items, bytes: this.#lane.bytes, oldestMs: queued };
    }
    return {
      items: this.#lane.items + source.items,
      bytes: this.#lane.bytes + source.bytes,
      oldestMs: Math.min(queued ?? Infinity, source.oldestMs),
    };
  }

  /** Sets the alarm for the next thing to do. With a source it rings at least once a delay, which is often enough for no item to wait longer. */
  #arm(): void {
    if (this.#closed) return;
    const nowMs = this.#now();
    const leavesAtMs = this.#hasSlot() ? this.#leavesAtMs(nowMs) : Infinity;
    const lookAtMs = this.#parts.source === undefined ? Infinity : nowMs + this.#parts.settings.batch.delayMs;
    this.#alarm.set(Math.min(leavesAtMs === Infinity ? lookAtMs : leavesAtMs, this.#lossLog.endsAtMs));
  }

  #launch(chunks: readonly QueuedChunk<Payload>[]): void {
    const flight = this.#flights.board(chunks);
    void this.#fly(flight).then(() => this.#pump());
  }

  async #fly(flight: Flight<Payload>): Promise<void> {
    let body: readonly Uint8Array[];
    try {
      body = await this.#parts.sender.prepare(this.#parts.assemble(flight.chunks));
    } catch (error) {
      this.#breaker.failed(this.#now());
      if (!this.#flights.land(flight)) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#collectorLog.unsendable({ items: flight.items, unit: this.#parts.unit, reason });
      this.#drop(flight.items, "encoding");
      return;
    }
    if (!this.#flights.has(flight)) return;
    const delivery = await this.#courier.deliver(body);
    if (!this.#flights.land(flight)) return;
    const halves = delivery.outcome === "refused" && delivery.status === 413 ? this.#halves(flight.chunks) : undefined;
    if (halves === undefined) this.#settle(flight, delivery);
    else await this.#flyInHalves(halves);
  }

  /** Undefined when a batch cannot be made smaller. */
  #halves(chunks: readonly QueuedChunk<Payload>[]): readonly (readonly QueuedChunk<Payload>[])[] | undefined {
    const middle = chunks.length >> 1;
    if (middle > 0) return [chunks.slice(0, middle), chunks.slice(middle)];
    const [only] = chunks;
    if (only === undefined) return undefined;
    const { order, sinceMs } = only;
    return this.#parts.split?.(only)?.map((half) => [{ ...half, order, sinceMs }]);
  }

  /** For a collector that takes smaller bodies than ours. One half after the other, in the slot of the whole. */
  async #flyInHalves(halves: readonly (readonly QueuedChunk<Payload>[])[]): Promise<void> {
    for (const half of halves.map((chunks) => this.#flights.board(chunks))) await this.#fly(half);
  }

  #settle(flight: Flight<Payload>, delivery: Delivery): void {
    const { items } = flight;
    const { unit } = this.#parts;
    switch (delivery.outcome) {
      case "accepted": {
        const rejected = Math.min(items, delivery.rejected);
        this.#exported += items - rejected;
        if (rejected > 0 || delivery.message !== undefined) {
          this.#collectorLog.partlyRejected({ items: rejected, unit, message: delivery.message });
        }
        if (rejected > 0) this.#drop(rejected, "rejected");
        return;
      }
      case "refused":
        this.#collectorLog.refused({ items, unit, reason: delivery.reason });
        this.#drop(items, "refused");
        return;
      case "exhausted":
        this.#drop(items, "retries-exhausted");
        return;
      case "unsent":
        this.#lane.putBack(flight.chunks);
    }
  }

  #answerFlushes(): void {
    const oldest = Math.min(this.#lane.oldestOrder, this.#flights.oldestOrder);
    const { destination } = this.#courier;
    const stuck = this.#flights.size > 0 ? undefined : this.#collectorLog.absent ? Infinity : destination.readyAtMs;
    this.#flushes.answer({ oldest, written: this.#parts.source?.items ?? 0, stuckUntilMs: stuck });
  }

  #drop(items: number, reason: string): void {
    this.#drops.add(reason, items);
    // What the collector turns away and what a shutdown leaves have lines of their own; where there is no collector, nobody waits for any.
    if (reason !== "queue-full" && reason !== "retries-exhausted") return;
    if (!this.#collectorLog.absent) this.#lossLog.lost(items, reason, this.#now());
  }

  #reach(): "reachable" | "unreachable" | "absent" {
    if (this.#collectorLog.absent) return "absent";
    return this.#courier.destination.unreachable ? "unreachable" : "reachable";
  }

  #close(): void {
    const absent = this.#collectorLog.absent;
    this.#parts.source?.seal();
    this.#closed = true;
    this.#alarm.clear();
    this.#flushes.close();
    const left = this.#lane.items + this.#flights.items;
    const inFlight = this.#flights.landAll();
    if (inFlight > 0) this.#drop(inFlight, "shutdown");
    this.#lane.clear("shutdown");
    this.#courier.close();
    if (left > 0 && !absent) {
      this.#parts.diagnostics.warn(
        `${left} ${this.#parts.unit} could not be delivered before the end of the shutdown and are lost`,
      );
    }
  }
}
